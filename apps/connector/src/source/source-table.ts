import type { Pool } from 'pg';
import { columnOf, readTable, type CatalogueColumn, type CatalogueTable } from '../database/catalogue.js';
import type { SourceFlow } from '../registry/registry-spec.js';
import type { RowText } from '../mapping/row-to-payload.js';
import { TaskFailure } from '../worker/task-failure.js';

/** One row as read: all values as PostgreSQL prints them. */
export interface SourceRow {
  key: string[];
  /** With microseconds, UTC; null when the column is. */
  watermark: string | null;
  deleted: boolean;
  values: RowText;
}

/** Where reading of changes stands: everything before it, by (watermark, key), has been handled. */
export interface ChangePosition {
  watermark: string;
  /** Empty: before every key of that watermark. */
  key: string[];
}

/** Reads a source table by keyset; every identifier comes from the catalogue. */
export class SourceTable {
  private constructor(
    private readonly pool: Pool,
    private readonly table: string,
    private readonly keys: CatalogueColumn[],
    private readonly watermark: CatalogueColumn,
    private readonly selected: string,
    private readonly columnCount: number,
  ) {}

  /** Throws TaskFailure when the table does not fit the flow. */
  static async open(pool: Pool, flow: SourceFlow): Promise<SourceTable> {
    const named = flow.columns.map(({ column }) => column);
    const deletedColumn = flow.deletedColumn === undefined ? [] : [flow.deletedColumn];
    const wanted = [...named, ...flow.key, flow.watermarkColumn, ...deletedColumn];
    const table = await readTable(pool, flow.table, wanted);
    const watermark = columnOf(table, flow.watermarkColumn);
    if (watermark.type !== 'timestamp with time zone') {
      throw new TaskFailure(
        `The watermark column "${watermark.name}" is ${watermark.type}; it has to be timestamp with time zone.`,
      );
    }
    requireKey(table, flow.key);
    const keys = flow.key.map((name) => columnOf(table, name));
    const deleted = flow.deletedColumn === undefined ? undefined : columnOf(table, flow.deletedColumn);
    const selected = [
      ...keys.map((column) => `${read(column)}::text`),
      `${read(watermark)}::text`,
      deletedExpression(deleted),
      ...named.map((name) => `${read(columnOf(table, name))}::text`),
    ].join(', ');
    return new SourceTable(pool, table.quoted, keys, watermark, selected, named.length);
  }

  /** The next rows in key order; `after` empty = from the first. */
  snapshotChunk(after: string[], limit: number): Promise<SourceRow[]> {
    const columns = this.keys.map(read);
    const where = after.length === 0 ? 'true' : this.beyond(this.keys, 1);
    return this.query(`where ${where} order by ${columns.join(', ')} limit ${limit}`, after);
  }

  /** The next rows by (watermark, key) after a position and strictly before `bound`. */
  changesChunk(after: ChangePosition, bound: string, limit: number): Promise<SourceRow[]> {
    const columns = [this.watermark, ...this.keys];
    const order = columns.map(read).join(', ');
    const from =
      after.key.length === 0 ? `${read(this.watermark)} >= $2::timestamptz` : this.beyond(columns, 2);
    return this.query(
      `where ${from} and ${read(this.watermark)} < $1::timestamptz order by ${order} limit ${limit}`,
      [bound, after.watermark, ...after.key],
    );
  }

  private beyond(columns: CatalogueColumn[], firstParameter: number): string {
    const values = columns.map(({ type }, index) => `$${firstParameter + index}::text::${type}`);
    return `(${columns.map(read).join(', ')}) > (${values.join(', ')})`;
  }

  private async query(tail: string, parameters: unknown[]): Promise<SourceRow[]> {
    const text = `select ${this.selected} from ${this.table} as t ${tail}`;
    const { rows } = await this.pool.query<(string | null)[]>({ text, values: parameters, rowMode: 'array' });
    const keyCount = this.keys.length;
    return rows.map((row) => ({
      key: row.slice(0, keyCount).map((part) => part ?? ''),
      watermark: row[keyCount] ?? null,
      deleted: row[keyCount + 1] === 'true',
      values: row.slice(keyCount + 2, keyCount + 2 + this.columnCount),
    }));
  }
}

/** Reading by keyset would pass over rows that share a key, or have none. A view has to be trusted with that. */
function requireKey(table: CatalogueTable, key: string[]): void {
  if (table.unconstrained) return;
  const unique = table.uniqueKeys.some((columns) => columns.every((column) => key.includes(column)));
  const nullable = key.filter((name) => !columnOf(table, name).notNull);
  if (unique && nullable.length === 0) return;
  throw new TaskFailure(
    `The key ${key.join(', ')} has to be unique and NOT NULL in the table: read by it, rows would be missed. ` +
      'Add a primary key or correct the registry spec, then restart the connector.',
  );
}

/** Qualified: without it, `order by` would take the text of the output for the column of the table. */
function read(column: CatalogueColumn): string {
  return `t.${column.quoted}`;
}

function deletedExpression(column: CatalogueColumn | undefined): string {
  if (!column) return `'false'`;
  return column.type === 'boolean'
    ? `coalesce(${read(column)}, false)::text`
    : `(${read(column)} is not null)::text`;
}
