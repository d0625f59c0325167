import { Client, Pool, type PoolConfig } from 'pg';
import type { MigrationInterface } from 'typeorm';
import type { Logger } from './logger.js';

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Connections to a service's own PostgreSQL schema (`search_path` is that schema alone).
 * @param options.statementTimeoutMs longest that one statement may run; 30,000 by default, 0 = no limit
 */
export function createPool(
  databaseUrl: string,
  schema: string,
  options: { max?: number; statementTimeoutMs?: number; logger?: Logger; pool?: PoolConfig } = {},
): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    application_name: `wasl-${schema}`,
    options: `-c search_path=${checkedSchema(schema)} -c statement_timeout=${options.statementTimeoutMs ?? 30_000}`,
    ...options.pool,
  });
  // Without a listener, the loss of a connection that runs no query would end the process: the pool
  // listens to those at rest only, not to those that are lent out.
  const onLost = (error: Error) => options.logger?.warn({ err: error }, 'a database connection was lost');
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', onLost));
  return pool;
}

/** A TypeORM migration class: raw SQL, its name ends in a 13-digit timestamp. */
export type Migration = new () => MigrationInterface;

/**
 * Brings a service's schema up to date. An advisory lock lets several instances start at once: one
 * migrates, the others wait and find nothing to do.
 * @returns the names of the migrations that ran now
 */
export async function migrate(
  databaseUrl: string,
  schema: string,
  migrations: Migration[],
): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl, application_name: `wasl-${schema}-migrate` });
  await client.connect();
  try {
    // TypeORM takes long to load, and a role without the right to create is enough where nothing is to be done.
    if (await areApplied(client, checkedSchema(schema), migrations)) return [];
    await client.query(`select pg_advisory_lock(hashtext('wasl.migrate'), hashtext($1))`, [schema]);
    await client.query(`create schema if not exists ${schema}`);
    return await runMigrations(databaseUrl, schema, migrations);
  } finally {
    await client.end();
  }
}

async function areApplied(client: Client, schema: string, migrations: Migration[]): Promise<boolean> {
  const table = `${schema}.migrations`;
  const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [
    table,
  ]);
  if (!found.rows[0]?.exists) return false;
  const { rows } = await client.query<{ name: string }>(`select name from ${table}`);
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.every(({ name }) => applied.has(name));
}

async function runMigrations(
  databaseUrl: string,
  schema: string,
  migrations: Migration[],
): Promise<string[]> {
  const { DataSource } = await import('typeorm');
  const source = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema,
    migrations,
    migrationsTableName: 'migrations',
    extra: { options: `-c search_path=${schema}`, max: 2 },
  });
  await source.initialize();
  try {
    return (await source.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await source.destroy();
  }
}

function checkedSchema(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) throw new Error('a schema name is lower-case letters, digits and _');
  return schema;
}
