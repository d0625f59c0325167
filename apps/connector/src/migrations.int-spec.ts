import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { MIGRATIONS, SCHEMA } from './migrations.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const relations = async () =>
  (
    await client.query<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = relnamespace
        where nspname = $1 and relname !~ '^(migrations|PK_)' order by 1`,
      [SCHEMA],
    )
  ).rows.map(({ name }) => name);

describe('the migrations', () => {
  it('run once, also when several instances start together', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => migrate(database.url, SCHEMA, MIGRATIONS)));
    expect(runs.flat()).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(await relations()).toContain('receipt');
  });

  it('have an exact inverse', async () => {
    await client.query(`set search_path = ${SCHEMA}`);
    const runner = client as unknown as Parameters<InstanceType<(typeof MIGRATIONS)[number]>['down']>[0];
    for (const Migration of [...MIGRATIONS].reverse()) await new Migration().down(runner);
    expect(await relations()).toEqual([]);
  });
});
