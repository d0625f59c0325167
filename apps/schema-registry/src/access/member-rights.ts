import { parseTopic } from '#contracts';
import { isMemberUrn } from '#protocol';
import type { ControlState } from '#control';
import type { Caller } from '#service';
import type { ContractStore } from '../contracts/contract-store.js';
import { DEFAULT_CONTEXT, type QualifiedSubject } from '../schemas/qualified-subject.js';
import type { RegistryAction, Rights } from './rights.js';

const MEMBER_CONTEXT = /^\.([^.]+)\.([^.]+)$/;
const OF_TOPIC = /^(.+)-(?:value|key)$/;

/** The member that a context belongs to: `.dz.interior` is of `urn:wasl:dz:interior`. */
export function memberOfContext(context: string): string | undefined {
  const [, country, member] = MEMBER_CONTEXT.exec(context) ?? [];
  const urn = member === undefined ? undefined : `urn:wasl:${country}:${member}`;
  return isMemberUrn(urn) ? urn : undefined;
}

/**
 * Rights of a system of the bus that is no steward: it reads everything. A publisher does what it likes in
 * the context of its member, or of one above it, and registers schemas of topics whose contract they own.
 */
export class MemberRights implements Rights {
  readonly readsAll = true;
  readonly readsSome = true;

  constructor(
    private readonly caller: Caller,
    private readonly contracts: Pick<ContractStore, 'contract'>,
    private readonly directory: Pick<ControlState, 'isMemberWithin'>,
  ) {}

  reads(): boolean {
    return true;
  }

  allows(action: RegistryAction, subject: QualifiedSubject | undefined): boolean | Promise<boolean> {
    if (action === 'read') return true;
    if (action === 'admin' || !subject || !this.caller.roles.includes('publisher')) return false;
    if (subject.context !== DEFAULT_CONTEXT) return this.isWithin(memberOfContext(subject.context));
    // Level, mode and deletion of what the bus relies on are a steward's to decide.
    return action === 'write' && this.ownsTopicOf(subject.subject);
  }

  private async ownsTopicOf(subject: string): Promise<boolean> {
    const topic = parseTopic(OF_TOPIC.exec(subject)?.[1] ?? '');
    const contract = topic && (await this.contracts.contract(topic.topic));
    return this.isWithin(contract?.owner);
  }

  private isWithin(owner: string | undefined): boolean {
    return owner !== undefined && this.directory.isMemberWithin(this.caller.member, owner);
  }
}
