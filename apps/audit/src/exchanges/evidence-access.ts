import { WaslError } from '#protocol';
import type { Caller } from '#service';
import type { EntryStore, StoredEntry } from '../ledger/entry-store.js';
import { exchangeRow, type ExchangeRow } from '../projection/exchange-row.js';
import type { AuditTrail } from './audit-trail.js';
import { scopeOf } from './scope.js';

/** An entry with what its evidence says. */
export interface ReadEntry {
  entry: StoredEntry;
  row: ExchangeRow;
}

/** Who may read which evidence: auditors all of it, on the record; the parties of an exchange theirs. */
export class EvidenceAccess {
  constructor(
    private readonly entries: EntryStore,
    private readonly trail: AuditTrail,
  ) {}

  /** Records the query of an auditor. A party that reads what it already holds leaves no trace. */
  async announce(
    caller: Caller,
    resource: string,
    filter: object,
    reason: string | undefined,
  ): Promise<void> {
    if ('all' in scopeOf(caller)) await this.trail.record(caller, resource, filter, reason);
  }

  /** Those of the entries that the caller may read. */
  async readable(caller: Caller, entries: readonly StoredEntry[]): Promise<ReadEntry[]> {
    const scope = scopeOf(caller);
    const readable: ReadEntry[] = [];
    for (const entry of entries) {
      const row = exchangeRow(entry.data);
      if ('all' in scope || (await this.isParty(scope.member, entry, row))) readable.push({ entry, row });
    }
    return readable;
  }

  /** @throws WaslError not-found, also where the evidence exists and is not the caller's to read */
  async byJti(caller: Caller, jti: string): Promise<ReadEntry> {
    const entry = await this.entries.byJti(jti);
    const [read] = entry ? await this.readable(caller, [entry]) : [];
    if (!read) throw new WaslError('not-found', 'there is no evidence of this id that the caller may read');
    return read;
  }

  private async isParty(member: string, entry: StoredEntry, row: ExchangeRow): Promise<boolean> {
    if (row.senderMember === member || row.recipientMember === member) return true;
    return row.event === 'SubmissionAcceptance' && (await this.entries.handedOverTo(member, entry));
  }
}
