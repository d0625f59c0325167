import type { ClientBase, Pool } from 'pg';
import { emptyRoot } from '#protocol';

/** Size and root of the stored tree, whether or not a checkpoint was signed for it. */
export interface Head {
  size: number;
  root: Buffer;
}

/** The log that the database holds is another one than the service was configured for. */
export class WrongOrigin extends Error {
  constructor(stored: string, configured: string) {
    super(
      `the database holds the log "${stored}", but AUDIT_ORIGIN is "${configured}": a new origin needs a new database`,
    );
    this.name = 'WrongOrigin';
  }
}

/** Makes the head row of an empty log unless there is one. @throws WrongOrigin */
export async function ensureHead(pool: Pool, origin: string): Promise<void> {
  await pool.query('insert into head (origin, size, root) values ($1, 0, $2) on conflict do nothing', [
    origin,
    emptyRoot,
  ]);
  const { rows } = await pool.query<{ origin: string }>('select origin from head');
  if (rows[0] && rows[0].origin !== origin) throw new WrongOrigin(rows[0].origin, origin);
}

/** @param lock holds the row until the transaction ends, so that appends are one after the other */
export async function readHead(client: ClientBase | Pool, lock: 'for update' | '' = ''): Promise<Head> {
  const { rows } = await client.query<{ size: string; root: Buffer }>(`select size, root from head ${lock}`);
  if (!rows[0]) throw new Error('the head row of the ledger is missing');
  return { size: Number(rows[0].size), root: rows[0].root };
}
