import type { Pool } from 'pg';

/** Up to where changes may be read without missing a row that is committed later. */
export interface SafeBound {
  /** Rows with an earlier watermark are committed, or were written by a hidden session. */
  watermark: string;
  /** Whether sessions of other roles hide when their transaction began; then only the overlap protects. */
  hidden: boolean;
}

/**
 * A transaction stamps its rows with its own start (`now()`) or later, so no row can appear any more before the
 * start of the oldest transaction that is still open. `xact_start` of other roles is visible to members of
 * pg_read_all_stats only. Must run, and end, before the rows are read.
 */
const BOUND = `
  select least(clock_timestamp(), min(xact_start))::text as watermark,
         coalesce(bool_or(backend_type is null), false) as hidden
    from pg_stat_activity
   where pid <> pg_backend_pid() and datname = current_database()
     and coalesce(backend_type, '') not in ('autovacuum worker', 'walsender')`;

export async function readSafeBound(pool: Pool): Promise<SafeBound> {
  const { rows } = await pool.query<SafeBound>(BOUND);
  const bound = rows[0];
  if (!bound) throw new Error('pg_stat_activity gave no row');
  return bound;
}

/** The instant `overlapMs` before a watermark, in the database's own arithmetic. */
export async function watermarkBefore(pool: Pool, watermark: string, overlapMs: number): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    `select ($1::timestamptz - $2::int * interval '1 millisecond')::text as at`,
    [watermark, overlapMs],
  );
  return rows[0]?.at ?? watermark;
}
