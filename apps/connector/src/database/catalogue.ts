import type { Pool } from 'pg';
import type { TableName } from '../registry/registry-spec.js';
import { TaskFailure } from '../worker/task-failure.js';

/** A column that exists: its name ready for SQL, and its type as `format_type` prints it. */
export interface CatalogueColumn {
  name: string;
  quoted: string;
  type: string;
  notNull: boolean;
}

/** A table that exists. Everything in it comes from the database's own catalogue, never from a spec. */
export interface CatalogueTable {
  quoted: string;
  columns: ReadonlyMap<string, CatalogueColumn>;
  /** Column sets of primary key and unique constraints or indexes without predicate. */
  uniqueKeys: readonly (readonly string[])[];
  /** A view or foreign table: what it holds cannot be constrained. */
  unconstrained: boolean;
}

/** Quotes an SQL identifier, as `quote_ident` with force. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
         c.relkind not in ('r', 'p') as unconstrained
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
     and a.attnum > 0 and not a.attisdropped`;

interface ColumnRow {
  name: string;
  type: string;
  notNull: boolean;
  unconstrained: boolean;
}

const UNIQUE_KEYS = `
  select array(select a.attname::text from unnest(i.indkey::int2[]) k join pg_attribute a
                on a.attrelid = i.indrelid and a.attnum = k order by 1) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2 and i.indisunique and i.indisvalid and i.indimmediate
     and i.indpred is null and i.indexprs is null`;

/**
 * Looks a table and the wanted columns up by parameter; what the catalogue does not know cannot become SQL.
 * Throws TaskFailure naming what is missing.
 */
export async function readTable(pool: Pool, table: TableName, wanted: string[]): Promise<CatalogueTable> {
  const schema = table.schema ?? 'public';
  const parameters = [schema, table.name];
  const columns = (await pool.query<ColumnRow>(COLUMNS, parameters)).rows;
  if (columns.length === 0) {
    throw new TaskFailure(
      `The table ${shown(schema)}.${shown(table.name)} of the registry spec does not exist in the database, ` +
        'or its role may not see it. Correct the spec or grant access, then restart the connector.',
    );
  }
  const byName = new Map(
    columns.map(
      ({ name, type, notNull }) => [name, { name, type, notNull, quoted: quoteIdentifier(name) }] as const,
    ),
  );
  const missing = wanted.filter((name) => !byName.has(name));
  if (missing.length > 0) {
    throw new TaskFailure(
      `The table ${shown(table.name)} has no column ${missing.map(shown).join(', ')}. ` +
        'Correct the registry spec, then restart the connector.',
    );
  }
  const keys = (await pool.query<{ columns: string[] }>(UNIQUE_KEYS, parameters)).rows;
  return {
    quoted: `${quoteIdentifier(schema)}.${quoteIdentifier(table.name)}`,
    columns: byName,
    uniqueKeys: keys.map((row) => row.columns),
    unconstrained: columns.some(({ unconstrained }) => unconstrained),
  };
}

/** The column, which {@link readTable} has found. */
export function columnOf(table: CatalogueTable, name: string): CatalogueColumn {
  const column = table.columns.get(name);
  if (!column) throw new Error('a column was used that was not looked up');
  return column;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 63));
}
