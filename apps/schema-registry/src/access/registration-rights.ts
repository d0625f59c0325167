import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { TopicParts } from '#contracts';
import { ControlView } from '#control';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import { ContractStore } from '../contracts/contract-store.js';
import type { Side } from '../contracts/lifecycle/actor.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { subjectOf } from '../topics.js';

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
  async assertMayGovern(caller: Caller, topic: TopicParts, owner: string): Promise<void> {
    if (caller.roles.includes('steward')) return;
    const { isNew } = await this.assertOwners(caller, topic, owner);
    if (isNew && (await this.schemas.subjectExists(subjectOf(topic.topic), 'too'))) {
      throw new WaslError('not-allowed', 'this topic has schemas already: a steward names its owner');
    }
  }

  /**
   * The part of `assertMayGovern` that another publisher may change meanwhile: asked again under the lock of the name.
   * A major belongs to those who own the others: consumers take the next one for the same contract.
   * @throws WaslError `not-allowed`
   */
  async assertOwners(
    caller: Caller,
    { topic, name }: TopicParts,
    owner: string,
    client?: PoolClient,
  ): Promise<{ isNew: boolean }> {
    const majors = await this.contracts.owners(name, client);
    const existing = majors.find((major) => major.topic === topic);
    if (caller.roles.includes('steward')) return { isNew: !existing };
    for (const major of existing ? [existing] : majors) this.assertWithin(caller, major.owner);
    if (existing && existing.owner !== owner)
      throw new WaslError('not-allowed', 'only a steward hands a contract over');
    this.assertWithin(caller, owner);
    return { isNew: !existing };
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
