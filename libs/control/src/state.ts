import type {
  AgreementRecord,
  ContractRecord,
  ControlRecord,
  KeyRecord,
  MemberRecord,
  SystemRecord,
  TokenKeysRecord,
  VersionRecord,
} from './records.js';
import { controlKey } from './topics.js';

/** What changed: the Kafka key, and the record that is now under it (undefined: withdrawn). */
export interface ControlChange {
  key: string;
  record: ControlRecord | undefined;
}

const MAX_TREE_DEPTH = 32;

/** Members, systems, keys, agreements and contracts as last published. In memory, no I/O. */
export class ControlState {
  private readonly records = new Map<string, ControlRecord>();
  private readonly agreementsByParty = new Map<string, Map<string, AgreementRecord>>();
  private readonly versionsByTopic = new Map<string, Map<number, VersionRecord>>();
  private readonly listeners = new Set<(change: ControlChange) => void>();

  member(id: string): MemberRecord | undefined {
    return this.records.get(`member:${id}`) as MemberRecord | undefined;
  }
  system(id: string): SystemRecord | undefined {
    return this.records.get(`system:${id}`) as SystemRecord | undefined;
  }
  key(kid: string): KeyRecord | undefined {
    return this.records.get(`key:${kid}`) as KeyRecord | undefined;
  }
  contract(topic: string): ContractRecord | undefined {
    return this.records.get(`contract:${topic}`) as ContractRecord | undefined;
  }
  version(topic: string, version: number): VersionRecord | undefined {
    return this.records.get(`version:${topic}:${version}`) as VersionRecord | undefined;
  }
  tokenKeys(): TokenKeysRecord | undefined {
    return this.records.get('token-keys') as TokenKeysRecord | undefined;
  }

  members(): MemberRecord[] {
    return this.all('member');
  }
  systems(): SystemRecord[] {
    return this.all('system');
  }
  keys(): KeyRecord[] {
    return this.all('key');
  }
  contracts(): ContractRecord[] {
    return this.all('contract');
  }
  versions(topic: string): VersionRecord[] {
    return [...(this.versionsByTopic.get(topic)?.values() ?? [])];
  }

  /** All agreements for a topic, whatever their status. */
  agreementsFor(topic: string): AgreementRecord[] {
    return this.all<AgreementRecord>('agreement').filter((agreement) => agreement.topic === topic);
  }

  /** All agreements of a consuming system, whatever their status. */
  agreementsOf(consumer: string): AgreementRecord[] {
    return this.all<AgreementRecord>('agreement').filter((agreement) => agreement.consumer === consumer);
  }

  /** All agreements of a consuming system for a topic, whatever their status. */
  agreements(consumer: string, topic: string): AgreementRecord[] {
    return [...(this.agreementsByParty.get(partyKey(consumer, topic))?.values() ?? [])];
  }

  /** The agreement that lets a system consume a topic now, if there is one. */
  agreementInForce(consumer: string, topic: string, now: Date): AgreementRecord | undefined {
    const agreements = this.agreementsByParty.get(partyKey(consumer, topic));
    if (!agreements) return undefined;
    for (const agreement of agreements.values()) if (isInForce(agreement, now)) return agreement;
    return undefined;
  }

  /** Whether a member is `ancestor` itself or lies below it in the tree. */
  isMemberWithin(member: string, ancestor: string): boolean {
    let current: string | null = member;
    for (let depth = 0; current !== null && depth < MAX_TREE_DEPTH; depth++) {
      if (current === ancestor) return this.member(ancestor) !== undefined;
      current = this.member(current)?.parent ?? null;
    }
    return false;
  }

  /** Calls the listener after every change; returns what ends that. */
  onChange(listener: (change: ControlChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * What `read` finds, now or within `patienceMs`: what another service published a moment ago may take that long
   * to be known here. Undefined when it does not appear.
   */
  async awaited<T>(read: (state: this) => T | undefined, patienceMs = 3_000): Promise<T | undefined> {
    const known = read(this);
    if (known !== undefined) return known;
    return new Promise((resolve) => {
      const end = (found: T | undefined) => {
        clearTimeout(timer);
        unsubscribe();
        resolve(found);
      };
      const timer = setTimeout(() => end(undefined), patienceMs);
      const unsubscribe = this.onChange(() => {
        const found = read(this);
        if (found !== undefined) end(found);
      });
    });
  }

  /** Takes over a record as published last under its key. */
  apply(record: ControlRecord): void {
    const key = controlKey(record);
    this.forget(key);
    this.records.set(key, record);
    if (record.kind === 'agreement') this.indexAgreement(record);
    else if (record.kind === 'version') this.indexVersion(record);
    this.notify({ key, record });
  }

  /** Withdraws what was published under a Kafka key. */
  withdraw(key: string): void {
    this.forget(key);
    if (this.records.delete(key)) this.notify({ key, record: undefined });
  }

  /** Kafka keys of all records. */
  protected recordKeys(): string[] {
    return [...this.records.keys()];
  }

  private all<T extends ControlRecord>(kind: T['kind']): T[] {
    return [...this.records.values()].filter((record): record is T => record.kind === kind);
  }

  private indexAgreement(agreement: AgreementRecord): void {
    const key = partyKey(agreement.consumer, agreement.topic);
    const agreements = this.agreementsByParty.get(key) ?? new Map<string, AgreementRecord>();
    this.agreementsByParty.set(key, agreements.set(agreement.id, agreement));
  }

  private indexVersion(version: VersionRecord): void {
    const versions = this.versionsByTopic.get(version.topic) ?? new Map<number, VersionRecord>();
    this.versionsByTopic.set(version.topic, versions.set(version.version, version));
  }

  /** Takes what is under a key out of the indexes. */
  private forget(key: string): void {
    const previous = this.records.get(key);
    if (previous?.kind === 'version') {
      const versions = this.versionsByTopic.get(previous.topic);
      versions?.delete(previous.version);
      if (versions?.size === 0) this.versionsByTopic.delete(previous.topic);
    }
    if (previous?.kind !== 'agreement') return;
    const party = partyKey(previous.consumer, previous.topic);
    const agreements = this.agreementsByParty.get(party);
    agreements?.delete(previous.id);
    if (agreements?.size === 0) this.agreementsByParty.delete(party);
  }

  private notify(change: ControlChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** Approved by both sides, and `now` inside its period. */
export function isInForce(agreement: AgreementRecord, now: Date): boolean {
  return (
    agreement.status === 'approved' &&
    agreement.approvals.publisher !== null &&
    agreement.approvals.steward !== null &&
    isWithin(agreement, now)
  );
}

/** Active, and `now` inside its period of validity. */
export function isKeyInForce(key: KeyRecord, now: Date): boolean {
  return key.status === 'active' && isWithin(key, now);
}

function isWithin(period: { notBefore: string; notAfter: string | null }, now: Date): boolean {
  const time = now.getTime();
  return (
    Date.parse(period.notBefore) <= time && (period.notAfter === null || time < Date.parse(period.notAfter))
  );
}

function partyKey(consumer: string, topic: string): string {
  return `${consumer} ${topic}`;
}
