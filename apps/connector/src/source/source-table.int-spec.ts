import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '#testing';
import { openRegistryDatabase } from '../database/registry-database.js';
import type { SourceFlow } from '../registry/registry-spec.js';
import { readSafeBound, watermarkBefore } from './safe-bound.js';
import { SourceTable } from './source-table.js';

let database: { url: string; drop: () => Promise<void> };
let pool: pg.Pool;

const flow: SourceFlow = {
  contract: { topic: 'a.b.v1', version: 1 },
  table: { name: 'unit' },
  key: ['list', 'number'],
  watermarkColumn: 'at',
  deletedColumn: 'gone',
  columns: [
    { column: 'number', pointer: '/number', type: 'integer' },
    { column: 'name', pointer: '/name', type: 'text' },
  ],
};

beforeAll(async () => {
  database = await testDatabase();
  pool = openRegistryDatabase(database.url);
  await pool.query(`create table unit (list text, number int, name text, at timestamptz, gone boolean,
    primary key (list, number))`);
});
beforeEach(() => pool.query('truncate unit'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('SourceTable', () => {
  it('reads a snapshot in key order, chunk by chunk, each row once', async () => {
    await pool.query(
      `insert into unit select l, n, 'n' || n, now(), n = 3 from unnest(array['b', 'a']) l, generate_series(1, 25) n`,
    );
    const table = await SourceTable.open(pool, flow);
    const keys: string[][] = [];
    for (let after: string[] = []; ;) {
      const rows = await table.snapshotChunk(after, 7);
      if (rows.length === 0) break;
      keys.push(...rows.map(({ key }) => key));
      after = rows.at(-1)?.key ?? [];
    }
    // By number, not by its digits: 2 before 10.
    expect(keys).toEqual(
      ['a', 'b'].flatMap((list) => Array.from({ length: 25 }, (_, i) => [list, String(i + 1)])),
    );
    const [, , third] = await table.snapshotChunk([], 3);
    expect(third).toMatchObject({ deleted: true, values: ['3', 'n3'] });
  });

  it('reads changes by (watermark, key) up to, not including, the bound', async () => {
    await pool.query(`insert into unit values
      ('a', 2, 'x', '2026-01-01 00:00:00.000002Z'), ('a', 1, 'x', '2026-01-01 00:00:00.000002Z'),
      ('a', 3, 'x', '2026-01-01 00:00:00.000001Z'), ('a', 4, 'x', '2026-01-01 00:00:00.000003Z'), ('a', 5, 'x', null)`);
    const table = await SourceTable.open(pool, flow);
    const bound = '2026-01-01 00:00:00.000003+00';
    const all = await table.changesChunk({ watermark: '2025-01-01 00:00:00+00', key: [] }, bound, 10);
    expect(all.map(({ key }) => key[1])).toEqual(['3', '1', '2']);
    const rest = await table.changesChunk(
      { watermark: all[1]?.watermark ?? '', key: all[1]?.key ?? [] },
      bound,
      10,
    );
    expect(rest.map(({ key }) => key[1])).toEqual(['2']);
    // The same position without a key means: nothing of that watermark has been read yet.
    const again = await table.changesChunk({ watermark: all[1]?.watermark ?? '', key: [] }, bound, 10);
    expect(again.map(({ key }) => key[1])).toEqual(['1', '2']);
  });

  it.each([
    ['table', { ...flow, table: { name: 'unit"; drop table unit; --' } }],
    ['schema', { ...flow, table: { schema: 'public"; drop table unit; --', name: 'unit' } }],
    [
      'column',
      {
        ...flow,
        columns: [{ column: `number" from unit; drop table unit; --`, pointer: '/x', type: 'text' as const }],
      },
    ],
    ['key', { ...flow, key: [`number) or 1=1; drop table unit; --`] }],
    ['watermark', { ...flow, watermarkColumn: 'at::text); drop table unit; --' }],
    ['deleted column', { ...flow, deletedColumn: 'gone or pg_sleep(10) is null' }],
    ['system column', { ...flow, key: ['ctid'] }],
  ])('refuses a hostile %s, because the catalogue does not have it', async (_, hostile: SourceFlow) => {
    await expect(SourceTable.open(pool, hostile)).rejects.toThrow(/does not exist|has no column/);
    await expect(pool.query('select 1 from unit')).resolves.toBeDefined();
  });

  it('reads a table whose names are an injection, as what they are', async () => {
    const name = `x"; drop table unit; --`;
    const column = `v" from unit; drop table unit; --'`;
    await pool.query(
      `create table "x""; drop table unit; --" ("v"" from unit; drop table unit; --'" text primary key, at timestamptz)`,
    );
    await pool.query(`insert into "x""; drop table unit; --" values ('1', now())`);
    const { deletedColumn: _none, ...rest } = flow;
    const table = await SourceTable.open(pool, {
      ...rest,
      table: { name },
      key: [column],
      columns: [{ column, pointer: '/v', type: 'text' }],
    });
    expect(await table.snapshotChunk([], 10)).toMatchObject([{ values: ['1'] }]);
    expect(await table.snapshotChunk([`0'; drop table unit; --`], 10)).toHaveLength(1);
    await expect(pool.query('select 1 from unit')).resolves.toBeDefined();
  });

  it('refuses a key by which rows would be missed, unless a view vouches for it', async () => {
    await pool.query(
      'create table loose (list text unique, number int not null, name text, at timestamptz, gone boolean)',
    );
    await pool.query('create view vouched as select * from loose');
    const over = (name: string, key: string[]) => SourceTable.open(pool, { ...flow, table: { name }, key });
    await expect(over('loose', ['number'])).rejects.toThrow(/unique and NOT NULL/);
    await expect(over('loose', ['list'])).rejects.toThrow(/unique and NOT NULL/);
    await expect(over('unit', ['list'])).rejects.toThrow(/unique and NOT NULL/);
    await expect(over('unit', ['number', 'list'])).resolves.toBeDefined();
    await expect(over('vouched', ['number'])).resolves.toBeDefined();
  });

  it('refuses a watermark that is no instant', async () => {
    await expect(SourceTable.open(pool, { ...flow, watermarkColumn: 'name' })).rejects.toThrow(
      /timestamp with time zone/,
    );
  });
});

describe('readSafeBound', () => {
  it('never passes the start of a transaction that is still open', async () => {
    const open = new pg.Client({ connectionString: database.url });
    await open.connect();
    await open.query('begin');
    const { rows } = await open.query<{ started: string }>(`select now()::text as started`);
    const bound = await readSafeBound(pool);
    const { rows: order } = await pool.query<{ held: boolean }>(
      'select $1::timestamptz <= $2::timestamptz as held',
      [bound.watermark, rows[0]?.started],
    );
    expect(order[0]?.held).toBe(true);
    expect(bound.hidden).toBe(false);
    await open.query('commit');
    const { rows: later } = await pool.query<{ freed: boolean }>(
      'select $1::timestamptz > $2::timestamptz as freed',
      [(await readSafeBound(pool)).watermark, rows[0]?.started],
    );
    expect(later[0]?.freed).toBe(true);
    await open.end();
  });

  it('says when it cannot see the sessions of others', async () => {
    const role = `reader_${process.pid}`;
    await pool.query(`create role ${role} login password 'r'`);
    await pool.query(`grant connect on database "${new URL(database.url).pathname.slice(1)}" to ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'r';
    const restricted = openRegistryDatabase(url.href);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    try {
      expect((await readSafeBound(restricted)).hidden).toBe(true);
      await pool.query(`grant pg_read_all_stats to ${role}`);
      expect((await readSafeBound(restricted)).hidden).toBe(false);
    } finally {
      await other.end();
      await restricted.end();
      await pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });

  it('goes back by the overlap to the microsecond', async () => {
    expect(await watermarkBefore(pool, '2026-01-01 00:00:01.000001+00', 1_000)).toBe(
      '2026-01-01 00:00:00.000001+00',
    );
  });
});
