import { Injectable } from '@nestjs/common';
import { ControlView } from '#control';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import { ContractStore } from '../contracts/contract-store.js';
import type { Side } from '../contracts/lifecycle/actor.js';
import { SchemaStore } from '../schemas/schema-store.js';

/** Who may govern what: a steward everything, a publisher what its member, or one above it, owns. */
@Injectable()
export class RegistrationRights {
  constructor(
    private readonly contracts: ContractStore,
    private readonly schemas: SchemaStore,
    private readonly view: ControlView,
  ) {}

  /**
   * A publisher may take a free topic for its own member or one above it, and change what that owns.
   * @throws WaslError `not-allowed`
   */
  async assertMayGovern(caller: Caller, topic: string, owner: string): Promise<void> {
    if (caller.roles.includes('steward')) return;
    const existing = await this.contracts.contract(topic);
    if (existing) {
      this.assertWithin(caller, existing.owner);
      if (existing.owner !== owner)
        throw new WaslError('not-allowed', 'only a steward hands a contract over');
      return;
    }
    if (await this.schemas.subjectExists({ context: '.', subject: `${topic}-value` }, 'too')) {
      throw new WaslError('not-allowed', 'this topic has schemas already: a steward names its owner');
    }
    this.assertWithin(caller, owner);
  }

  /** What a caller may speak for, where a contract belongs to `owner`. */
  sidesOf(caller: Caller, owner: string): Side[] {
    const sides: Side[] = [];
    if (caller.roles.includes('publisher') && this.view.isMemberWithin(caller.member, owner))
      sides.push('owner');
    if (caller.roles.includes('steward')) sides.push('steward');
    return sides;
  }

  private assertWithin(caller: Caller, owner: string): void {
    if (!this.view.isMemberWithin(caller.member, owner)) {
      throw new WaslError('not-allowed', "the contract belongs to a member other than the caller's");
    }
  }
}
