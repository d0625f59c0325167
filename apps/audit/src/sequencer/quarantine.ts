import type { Pool } from 'pg';
import { PASSING_REASONS, type Candidate } from './candidate.js';
import type { EvidenceCheck } from './evidence-check.js';
import type { LedgerBatch } from './ledger-writer.js';

const PAGE = 1_000;

interface QuarantineRow {
  id: string;
  topic: string;
  partition: number;
  record_offset: string;
  data: Buffer | null;
  manifest: Buffer | null;
  recorded_at: Date;
}

/**
 * Of the next page of evidence that waits for a key, what passes now, as a batch that also marks its rows
 * as released.
 * @param after id of the last row seen, '0' to begin
 * @returns `next`: where the next page begins, undefined after the last
 */
export async function passedQuarantine(
  pool: Pool,
  check: EvidenceCheck,
  after: string,
): Promise<{ batch: LedgerBatch; next: string | undefined }> {
  const { rows } = await pool.query<QuarantineRow>(
    `select id, topic, partition, record_offset, data, manifest, recorded_at from quarantine
     where released_at is null and reason = any($1::text[]) and id > $2 order by id limit ${PAGE}`,
    [PASSING_REASONS, after],
  );
  const batch: LedgerBatch = { entries: [], quarantined: [], offsets: [], released: [] };
  for (const row of rows) {
    const { entries } = await check.check([candidateOfRow(row)]);
    if (!entries[0]) continue;
    batch.entries.push(entries[0]);
    batch.released.push(row.id);
  }
  return { batch, next: rows.length === PAGE ? rows.at(-1)?.id : undefined };
}

function candidateOfRow(row: QuarantineRow): Candidate {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.record_offset),
    recordedAt: row.recorded_at.getTime(),
    data: row.data ?? undefined,
    manifest: row.manifest ?? undefined,
  };
}
