import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PulledMessage } from '#client';
import { testDatabase } from '#testing';
import { openRegistryDatabase } from '../database/registry-database.js';
import type { SinkFlow } from '../registry/registry-spec.js';
import { LeaseLost } from '../worker/task-failure.js';
import { applyRows } from './apply-rows.js';
import type { PageRows } from './page-rows.js';
import { SinkState } from './sink-state.js';
import { SinkTable } from './sink-table.js';

let database: { url: string; drop: () => Promise<void> };
let pool: pg.Pool;

const flow: SinkFlow = {
  contract: { topic: 'a.b.v1' },
  table: { name: 'unit' },
  key: ['code'],
  columns: [
    { column: 'code', pointer: '/code', type: 'text' },
    { column: 'size', pointer: '/size', type: 'integer' },
    { column: 'tags', pointer: '/tags', type: 'json' },
    { column: 'since', pointer: '/since', type: 'date' },
  ],
};
const message = (code: string) =>
  ({
    id: code,
    topic: 't',
    op: 'put',
    key: code,
    partition: 0,
    offset: 0n,
    payload: Buffer.from(''),
  }) as PulledMessage;
const page = (upserts: (string | null)[][], deletes: string[] = []): PageRows => ({
  upserts: upserts.map((row) => ({ row, message: message(row[0] ?? '') })),
  deletes: deletes.map((key) => ({ key: [key], message: message(key) })),
  unmappable: [],
});

async function apply(rows: PageRows) {
  const table = await SinkTable.open(pool, flow);
  const client = await pool.connect();
  try {
    await client.query('begin');
    const refused = await applyRows(client, table, rows);
    await client.query('commit');
    return refused;
  } finally {
    client.release();
  }
}
const all = async () =>
  (await pool.query({ text: 'select code, size, tags, since::text from unit order by 1', rowMode: 'array' }))
    .rows;

beforeAll(async () => {
  database = await testDatabase();
  pool = openRegistryDatabase(database.url);
  await pool.query(
    `create table unit (code text primary key, size int check (size < 1000), tags jsonb, since date)`,
  );
});
beforeEach(() => pool.query('truncate unit'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('applyRows', () => {
  it('inserts, updates and deletes, and does the same when it is done twice', async () => {
    await apply(
      page([
        ['a', '1', '{"x":[1]}', '2026-01-01'],
        ['b', '2', null, null],
        ['c', '3', null, null],
      ]),
    );
    for (let time = 0; time < 2; time++) {
      expect(
        await apply(
          page(
            [
              ['a', '5', null, '2026-02-01'],
              ['d', '4', null, null],
            ],
            ['b', 'never-there'],
          ),
        ),
      ).toEqual([]);
      expect(await all()).toEqual([
        ['a', 5, null, '2026-02-01'],
        ['c', 3, null, null],
        ['d', 4, null, null],
      ]);
    }
  });

  it('leaves a row alone that would not change', async () => {
    await apply(page([['a', '1', null, null]]));
    const version = async () => (await pool.query('select xmin::text from unit')).rows[0];
    const before = await version();
    await apply(page([['a', '1', null, null]]));
    expect(await version()).toEqual(before);
  });

  it('finds the rows that the database refuses and writes all others', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, index) => [`k${index}`, String(index), null, null] as (string | null)[],
    );
    rows[17] = ['k17', '5000', null, null];
    rows[150] = ['k150', '1', null, '2026-02-30'];
    const refused = await apply(page(rows));
    expect(refused.map(({ key, reasons }) => [key, reasons[0]?.rule])).toEqual([
      ['k17', 'sqlstate:23514'],
      ['k150', 'sqlstate:22008'],
    ]);
    expect(await all()).toHaveLength(198);
  });

  it('finds the rows that a deferred constraint would refuse at the commit only', async () => {
    await pool.query(`create table shelf (code text primary key)`);
    await pool.query(`insert into shelf values ('a'), ('c')`);
    await pool.query(
      `alter table unit add constraint shelved foreign key (code) references shelf deferrable initially deferred`,
    );
    try {
      const rows = ['a', 'bad', 'c'].map((code) => [code, '1', null, null]);
      const refused = await apply(page(rows));
      expect(refused.map(({ key, reasons }) => [key, reasons[0]?.rule])).toEqual([['bad', 'sqlstate:23503']]);
      expect((await all()).map(([code]: string[]) => code)).toEqual(['a', 'c']);
    } finally {
      await pool.query('alter table unit drop constraint shelved');
    }
  });

  it('sets aside a document with a NUL, which jsonb cannot hold, and writes all others', async () => {
    const refused = await apply(
      page([
        ['a', '1', JSON.stringify({ x: 'y' }), null],
        ['b', '2', JSON.stringify({ x: 'a\0b' }), null],
        ['c', '3', null, null],
      ]),
    );
    expect(refused.map(({ key, reasons }) => [key, reasons[0]?.rule])).toEqual([['b', 'sqlstate:22P05']]);
    expect((await all()).map(([code]: string[]) => code)).toEqual(['a', 'c']);
  });

  it('treats hostile values as values', async () => {
    const hostile = `'); drop table unit; --`;
    await apply(page([[hostile, '1', JSON.stringify({ a: hostile }), null]]));
    expect(await all()).toEqual([[hostile, 1, { a: hostile }, null]]);
  });

  it.each([
    ['table', { ...flow, table: { name: 'unit; drop table unit' } }],
    [
      'column',
      {
        ...flow,
        columns: [
          ...flow.columns,
          { column: `x) values ('1'); drop table unit; --`, pointer: '/x', type: 'text' as const },
        ],
      },
    ],
  ])('refuses a hostile %s', async (_, hostile: SinkFlow) => {
    await expect(SinkTable.open(pool, hostile)).rejects.toThrow(/does not exist|has no column/);
  });

  it('refuses a key without a unique constraint', async () => {
    await expect(SinkTable.open(pool, { ...flow, key: ['size'] })).rejects.toThrow(/unique constraint/);
  });
});

describe('SinkState', () => {
  const state = (epoch: string, topic = 'a.b.v1') =>
    new SinkState(pool, 'public', { connector: 'c', system: 's', epoch }, topic);
  const advance = async (of: SinkState, cursor: string) => {
    const client = await pool.connect();
    try {
      await of.advance(client, { cursor, pending: [] });
    } finally {
      client.release();
    }
  };

  it('hands the position over to a later epoch and shuts the earlier one out', async () => {
    const old = state('5');
    expect(await old.claim()).toEqual({ cursor: null, pending: [] });
    await advance(old, 'one');
    const next = state('6');
    expect(await next.claim()).toMatchObject({ cursor: 'one' });
    await expect(advance(old, 'two')).rejects.toThrow(LeaseLost);
    await expect(old.claim()).rejects.toThrow(LeaseLost);
    await advance(next, 'two');
    expect(await next.claim()).toMatchObject({ cursor: 'two' });
  });

  it('forgets the cursor of another topic', async () => {
    expect(await state('7', 'a.b.v2').claim()).toMatchObject({ cursor: null });
  });
});
