import pg from 'pg';

/** Rows of a table and a digest over all of them, made by PostgreSQL itself. */
export interface TableDigest {
  rows: number;
  digest: string;
}

export interface TableToCompare {
  table: string;
  /** Columns of the primary key, in order. */
  key: string[];
  columns: string[];
}

const quoted = (name: string) => pg.escapeIdentifier(name);

/**
 * Digest of the rows in key order: MD5 over the MD5 of each row's columns as text. Rows whose key column
 * `exceptKeys` lists are left out (those that the contract refuses).
 */
export async function digestOf(
  url: string,
  of: TableToCompare,
  where = 'true',
  exceptKeys: string[] = [],
): Promise<TableDigest> {
  const row = `md5(row(${of.columns.map(quoted).join(', ')})::text)`;
  const order = of.key.map((column) => `${quoted(column)} COLLATE "C"`).join(', ');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ rows: string; digest: string | null }>(
      `SELECT count(*) AS rows, md5(string_agg(${row}, '' ORDER BY ${order})) AS digest
         FROM ${quoted(of.table)} WHERE ${where} AND NOT (${quoted(of.key[0] ?? '')} = ANY($1))`,
      [exceptKeys],
    );
    return { rows: Number(rows[0]?.rows ?? 0), digest: rows[0]?.digest ?? '' };
  } finally {
    await client.end();
  }
}

/** Rows of a table; 0 while it doesn't exist. */
export async function countRows(url: string, table: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      table,
    ]);
    if (!rows[0]?.there) return 0;
    const counted = await client.query<{ count: string }>(`SELECT count(*) FROM ${quoted(table)}`);
    return Number(counted.rows[0]?.count ?? 0);
  } finally {
    await client.end();
  }
}
