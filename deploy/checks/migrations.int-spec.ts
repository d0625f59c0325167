import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatabase } from '#testing';
import { dataSourceOptions } from '../../apps/directory/src/data-source.js';

type Migration = new () => MigrationInterface;
const APPS = readdirSync('apps').filter((app) => readdirSync(`apps/${app}/src`).includes('migrations'));
const opened: { source: DataSource; drop: () => Promise<void> }[] = [];

async function migrationsOf(app: string): Promise<Migration[]> {
  const folder = resolve(`apps/${app}/src/migrations`);
  const files = readdirSync(folder).filter((file) => /^\d{13}-.*(?<!spec)\.ts$/.test(file));
  const modules = (await Promise.all(files.sort().map((file) => import(`${folder}/${file}`)))) as Record<
    string,
    Migration
  >[];
  return modules.flatMap((module) => Object.values(module));
}

async function open(options: (url: string) => DataSourceOptions): Promise<DataSource> {
  const database = await testDatabase();
  const source = await new DataSource(options(database.url)).initialize();
  opened.push({ source, drop: () => database.drop() });
  return source;
}

/** Everything in a schema that a migration may make, but for TypeORM's own table. */
async function catalogue(source: DataSource, schema: string): Promise<unknown> {
  const rows: unknown = await source.query(
    `SELECT 'column' AS kind, table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(' ' || column_default, '') AS what
       FROM information_schema.columns WHERE table_schema = $1 AND table_name <> 'migrations'
     UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = $1 AND tablename <> 'migrations'
     UNION ALL SELECT 'constraint', conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = $1::regnamespace AND conrelid::regclass::text NOT LIKE '%migrations'
     UNION ALL SELECT 'function', proname FROM pg_proc WHERE pronamespace = $1::regnamespace
     UNION ALL SELECT 'trigger', tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE c.relnamespace = $1::regnamespace AND NOT tgisinternal
     ORDER BY 1, 2`,
    [schema],
  );
  return rows;
}

afterAll(async () => {
  for (const { source, drop } of opened) {
    await source.destroy();
    await drop();
  }
});

describe.each(APPS)('migrations of %s', (app) => {
  it('are undone without a trace and give the same schema again', async () => {
    const schema = app.replaceAll('-', '_');
    const migrations = await migrationsOf(app);
    expect(migrations.length).toBeGreaterThan(0);
    const source = await open((url) => ({
      type: 'postgres',
      url,
      schema,
      migrations,
      migrationsTableName: 'migrations',
      extra: { options: `-c search_path=${schema}` },
    }));
    await source.query(`CREATE SCHEMA ${schema}`);
    await source.runMigrations();
    const once = await catalogue(source, schema);
    for (const _ of migrations) await source.undoLastMigration();
    expect(await catalogue(source, schema)).toEqual([]);
    await source.runMigrations();
    expect(await catalogue(source, schema)).toEqual(once);
  });
});

describe('entities of directory', () => {
  it('do not differ from what its migrations make', async () => {
    const source = await open(dataSourceOptions);
    await source.query('CREATE SCHEMA directory');
    await source.runMigrations();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
