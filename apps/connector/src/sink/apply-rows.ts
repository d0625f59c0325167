import { DatabaseError, type PoolClient } from 'pg';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { tableRefusal, type PageRows } from './page-rows.js';
import type { SinkTable } from './sink-table.js';

type Change =
  | { kind: 'upsert'; change: PageRows['upserts'][number] }
  | { kind: 'delete'; change: PageRows['deletes'][number] };

/**
 * Writes a page inside the open transaction of `client`, as few statements as possible. Rows that the database
 * refuses for their values are found by halving and returned; all others are written.
 */
export async function applyRows(client: PoolClient, table: SinkTable, rows: PageRows): Promise<DeadLetter[]> {
  const changes: Change[] = [
    ...rows.deletes.map((change) => ({ kind: 'delete', change }) as const),
    ...rows.upserts.map((change) => ({ kind: 'upsert', change }) as const),
  ];
  return applyHalving(client, table, changes);
}

async function applyHalving(client: PoolClient, table: SinkTable, changes: Change[]): Promise<DeadLetter[]> {
  if (changes.length === 0) return [];
  await client.query('savepoint wasl_page; set constraints all deferred');
  try {
    await table.delete(
      client,
      changes.flatMap((one) => (one.kind === 'delete' ? [one.change.key] : [])),
    );
    await table.upsert(
      client,
      changes.flatMap((one) => (one.kind === 'upsert' ? [one.change.row] : [])),
    );
    // At commit it would be too late to tell whose row a deferred constraint refuses. Here it judges whole parts.
    await client.query('set constraints all immediate; release savepoint wasl_page');
    return [];
  } catch (error) {
    if (!isValueRefusal(error)) throw error;
    await client.query('rollback to savepoint wasl_page');
    const [only] = changes;
    if (only && changes.length === 1) {
      const detail = `the database refused the row (SQLSTATE ${error.code})`;
      return [tableRefusal(only.change.message, detail, [{ pointer: '', rule: `sqlstate:${error.code}` }])];
    }
    const middle = changes.length >> 1;
    return [
      ...(await applyHalving(client, table, changes.slice(0, middle))),
      ...(await applyHalving(client, table, changes.slice(middle))),
    ];
  }
}

/** SQLSTATE class 22 (data exception) and 23 (integrity): the fault is in the values, not in the statement. */
function isValueRefusal(error: unknown): error is DatabaseError & { code: string } {
  return (
    error instanceof DatabaseError && (error.code?.startsWith('22') || error.code?.startsWith('23')) === true
  );
}
