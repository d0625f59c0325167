import type { Pool } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '#testing';
import { createPool, migrate } from './database.js';
import { createLogger } from './logger.js';

class First1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table thing (id int primary key)');
    await runner.query('insert into thing values (1)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table thing');
  }
}
class Second1790000000001 extends First1790000000000 {
  override async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table thing add name text');
  }
}
class Broken1790000000002 extends First1790000000000 {
  override async up(runner: QueryRunner): Promise<void> {
    await runner.query('insert into thing values (2)');
    await runner.query('select broken');
  }
}

let database: TestDatabase;
const pools: Pool[] = [];
const pool = (schema: string, ...rest: [Parameters<typeof createPool>[2]?]) => {
  const created = createPool(database.url, schema, ...rest);
  pools.push(created);
  return created;
};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await Promise.all(pools.map((each) => each.end()));
  await database.drop();
});

describe('migrate', () => {
  it('runs each migration once when four instances start together, and keeps schemas apart', async () => {
    const start = (schema: string) => migrate(database.url, schema, [First1790000000000]);
    const ran = await Promise.all([start('one'), start('one'), start('one'), start('two')]);
    expect(ran.flat()).toEqual(['First1790000000000', 'First1790000000000']);
    expect(await migrate(database.url, 'one', [First1790000000000, Second1790000000001])).toEqual([
      'Second1790000000001',
    ]);
    expect(await migrate(database.url, 'one', [First1790000000000, Second1790000000001])).toEqual([]);
    const { rows } = await pool('one').query(`select table_schema, table_name from information_schema.tables
      where table_schema in ('one', 'two', 'public') order by 1, 2`);
    expect(rows.map(({ table_schema, table_name }) => `${table_schema}.${table_name}`)).toEqual([
      'one.migrations',
      'one.thing',
      'two.migrations',
      'two.thing',
    ]);
    expect((await pool('one').query('select * from thing')).rows).toEqual([{ id: 1, name: null }]);
    expect((await pool('two').query('select * from thing')).rows).toEqual([{ id: 1 }]);
  });

  it('leaves nothing of a migration that fails, and frees the lock', async () => {
    const migrations = [First1790000000000, Broken1790000000002];
    for (let i = 0; i < 2; i++)
      await expect(migrate(database.url, 'two', migrations)).rejects.toThrow(/broken/);
    expect((await pool('two').query('select * from thing')).rowCount).toBe(1);
  });

  it('refuses a schema name that could be anything else', async () => {
    await expect(migrate(database.url, 'a; drop schema one', [])).rejects.toThrow(/schema name/);
    expect(() => createPool(database.url, 'A"')).toThrow(/schema name/);
  });
});

describe('createPool', () => {
  it('bounds the time of a statement', async () => {
    await expect(pool('one', { statementTimeoutMs: 50 }).query('select pg_sleep(5)')).rejects.toThrow(
      /statement timeout/,
    );
  });

  it('survives the loss of connections at rest and lent out', async () => {
    const lines: string[] = [];
    const logger = createLogger('x', 'warn', { write: (line: string) => void lines.push(line) });
    const own = pool('two', { logger });
    const [lent, rested] = await Promise.all([own.connect(), own.connect()]);
    rested.release();
    const others = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'wasl-two' and pid <> pg_backend_pid()`;
    await pool('one').query(others);
    await vi.waitFor(() => expect(lines.length).toBeGreaterThanOrEqual(2), 20_000);
    await expect(lent.query('select 1')).rejects.toThrow();
    lent.release(true);
    expect((await own.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(lines.join('')).toContain('a database connection was lost');
  });
});
