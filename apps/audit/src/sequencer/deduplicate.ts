import type { ClientBase } from 'pg';
import { quarantined, type Quarantined, type VerifiedEntry } from './candidate.js';

export interface Deduplicated {
  /** In the given order, each evidence id once, none of them in the ledger yet. */
  fresh: VerifiedEntry[];
  duplicates: number;
  /** Other bytes under an id that is taken: never dropped in silence. */
  conflicts: Quarantined[];
}

/** Evidence is one entry however often Kafka delivers it: by its `jti`, within the batch and against the ledger. */
export async function deduplicate(
  client: ClientBase,
  entries: readonly VerifiedEntry[],
): Promise<Deduplicated> {
  const result: Deduplicated = { fresh: [], duplicates: 0, conflicts: [] };
  if (entries.length === 0) return result;
  const known = await storedUnder(client, entries);
  for (const entry of entries) {
    const taken = known.get(entry.jti);
    if (taken === undefined) {
      known.set(entry.jti, entry.data);
      result.fresh.push(entry);
    } else if (taken.equals(entry.data)) {
      result.duplicates++;
    } else {
      result.conflicts.push(conflictOf(entry));
    }
  }
  return result;
}

async function storedUnder(
  client: ClientBase,
  entries: readonly VerifiedEntry[],
): Promise<Map<string, Buffer>> {
  const { rows } = await client.query<{ jti: string; data: Buffer }>({
    name: 'entries-by-jti',
    text: 'select jti, data from entry where jti = any($1::uuid[])',
    values: [entries.map(({ jti }) => jti)],
  });
  return new Map(rows.map(({ jti, data }) => [jti, data]));
}

function conflictOf(entry: VerifiedEntry): Quarantined {
  return quarantined(entry, 'id-conflict', 'the id of this evidence is taken by an entry with other bytes');
}
