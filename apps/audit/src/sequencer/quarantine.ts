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
 * Evidence that waited for a key and passes now, as a batch that also marks its rows as released.
 * `more`: there was a full page of waiting rows, of which some passed.
 */
export async function passedQuarantine(
  pool: Pool,
  check: EvidenceCheck,
): Promise<{ batch: LedgerBatch; more: boolean }> {
  const { rows } = await pool.query<QuarantineRow>(
    `select id, topic, partition, record_offset, data, manifest, recorded_at from quarantine
     where released_at is null and reason = any($1::text[]) order by id limit ${PAGE}`,
    [PASSING_REASONS],
  );
  const batch: LedgerBatch = { entries: [], quarantined: [], offsets: [], released: [] };
  for (const row of rows) {
    const { entries } = await check.check([candidateOfRow(row)]);
    if (!entries[0]) continue;
    batch.entries.push(entries[0]);
    batch.released.push(row.id);
  }
  return { batch, more: rows.length === PAGE && batch.entries.length > 0 };
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
