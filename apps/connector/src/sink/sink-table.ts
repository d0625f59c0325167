import type { Pool, PoolClient } from 'pg';
import { columnOf, readTable, type CatalogueColumn } from '../database/catalogue.js';
import type { RowText } from '../mapping/row-to-payload.js';
import type { SinkFlow } from '../registry/registry-spec.js';
import { TaskFailure } from '../worker/task-failure.js';

/** Writes rows into the target table, whole arrays a statement; every identifier comes from the catalogue. */
export class SinkTable {
  private constructor(
    private readonly upsertText: string,
    private readonly deleteText: string,
    private readonly columnCount: number,
    private readonly keyCount: number,
  ) {}

  /** Throws TaskFailure when the table does not fit the flow. */
  static async open(pool: Pool, flow: SinkFlow): Promise<SinkTable> {
    const names = flow.columns.map(({ column }) => column);
    const table = await readTable(pool, flow.table, names);
    const wanted = [...flow.key].sort();
    if (!table.uniqueKeys.some((unique) => unique.join('\0') === wanted.join('\0'))) {
      throw new TaskFailure(
        `The table has no primary key or unique constraint over exactly ${flow.key.join(', ')}. ` +
          'Add one or correct the registry spec, then restart the connector.',
      );
    }
    const columns = names.map((name) => columnOf(table, name));
    const keys = flow.key.map((name) => columnOf(table, name));
    return new SinkTable(
      upsertStatement(table.quoted, columns, keys),
      deleteStatement(table.quoted, keys),
      columns.length,
      keys.length,
    );
  }

  /** Rows of different keys. */
  async upsert(client: PoolClient, rows: readonly RowText[]): Promise<void> {
    if (rows.length > 0) await client.query(this.upsertText, columnArrays(rows, this.columnCount));
  }

  async delete(client: PoolClient, keys: readonly string[][]): Promise<void> {
    if (keys.length > 0) await client.query(this.deleteText, columnArrays(keys, this.keyCount));
  }
}

function upsertStatement(table: string, columns: CatalogueColumn[], keys: CatalogueColumn[]): string {
  const quoted = columns.map((column) => column.quoted);
  const values = columns.map(({ type }, index) => `r.c${index}::${type}`);
  const rest = columns.filter((column) => !keys.includes(column)).map((column) => column.quoted);
  // A message that changes nothing must not rewrite the row: replays stay cheap.
  const action =
    rest.length === 0
      ? 'do nothing'
      : `do update set ${rest.map((name) => `${name} = excluded.${name}`).join(', ')}
         where (${rest.map((name) => `t.${name}`).join(', ')})
           is distinct from (${rest.map((name) => `excluded.${name}`).join(', ')})`;
  return `insert into ${table} as t (${quoted.join(', ')})
    select ${values.join(', ')} from unnest(${textArrays(columns.length)}) as r(${aliases(columns.length)})
    on conflict (${keys.map((column) => column.quoted).join(', ')}) ${action}`;
}

function deleteStatement(table: string, keys: CatalogueColumn[]): string {
  const matches = keys.map(({ quoted, type }, index) => `t.${quoted} = r.c${index}::${type}`);
  return `delete from ${table} as t using unnest(${textArrays(keys.length)}) as r(${aliases(keys.length)})
    where ${matches.join(' and ')}`;
}

function textArrays(count: number): string {
  return Array.from({ length: count }, (_, index) => `$${index + 1}::text[]`).join(', ');
}

function aliases(count: number): string {
  return Array.from({ length: count }, (_, index) => `c${index}`).join(', ');
}

function columnArrays(rows: readonly (readonly (string | null)[])[], count: number): (string | null)[][] {
  return Array.from({ length: count }, (_, index) => rows.map((row) => row[index] ?? null));
}
