import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { parseTopic, type TopicParts } from '#contracts';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import { ContractStore, type StoredContract } from '../contract-store.js';
import { RegistrationRights } from '../../access/registration-rights.js';
import type { Actor } from './actor.js';

/** A contract, and what a caller may do with it. */
export interface Access {
  contract: StoredContract;
  actor: Actor;
}

@Injectable()
export class ContractAccess {
  constructor(
    private readonly contracts: ContractStore,
    private readonly rights: RegistrationRights,
  ) {}

  /** @throws WaslError `not-found` */
  async of(topic: string, caller: Caller, client?: PoolClient): Promise<Access> {
    const contract = await this.contracts.contract(requireTopic(topic).topic, client);
    if (!contract) throw new WaslError('not-found', 'no contract is published for this topic');
    return { contract, actor: { system: caller.system, sides: this.rights.sidesOf(caller, contract.owner) } };
  }

  /** As `requireSide`, but open for a topic that nobody governs yet. @throws WaslError `not-found`, `not-allowed` */
  async requireSideIfGoverned(topic: string, caller: Caller): Promise<void> {
    if (await this.contracts.contract(requireTopic(topic).topic)) await this.requireSide(topic, caller);
  }

  /** Whether the caller speaks for the owner or is a steward. @throws WaslError `not-found`, `not-allowed` */
  async requireSide(topic: string, caller: Caller, client?: PoolClient): Promise<Access> {
    const access = await this.of(topic, caller, client);
    if (access.actor.sides.length > 0) return access;
    throw new WaslError('not-allowed', "the contract belongs to a member other than the caller's");
  }
}

/** @throws WaslError `not-found` */
export function requireTopic(text: string): TopicParts {
  const topic = parseTopic(text);
  if (!topic) throw new WaslError('not-found', 'a topic is <domain>.<contract>.v<major>');
  return topic;
}
