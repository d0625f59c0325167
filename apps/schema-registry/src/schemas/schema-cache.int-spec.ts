import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPool, migrate } from '#service';
import { type TestDatabase, testDatabase } from '#testing';
import { MIGRATIONS, SCHEMA } from '../app.js';
import { SchemaCache } from './schema-cache.js';
import { SchemaStore } from './schema-store.js';

const BYTES = 1 << 20;
const COUNT = 40;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, SCHEMA, MIGRATIONS);
  pool = createPool(database.url, SCHEMA, { max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Looks up that many contents. @returns how many of them are in memory then, by id and by GUID */
async function kept(
  firstId: number,
  content: { text: string; metadata?: object },
): Promise<[number, number]> {
  const cache = new SchemaCache(new SchemaStore(pool), BYTES);
  const ids = Array.from({ length: COUNT }, (_, index) => firstId + index);
  const { rows } = await pool.query<{ guid: string }>(
    `insert into schema (context, guid, sha256, text, metadata, id, registered_at)
     select '.', gen_random_uuid(), id::text, $2, $3, id, now() from unnest($1::integer[]) as id returning guid`,
    [ids, content.text, content.metadata ? JSON.stringify(content.metadata) : null],
  );
  for (const id of ids) expect(await cache.schemaById('.', id)).toMatchObject({ text: content.text });
  for (const { guid } of rows) expect(await cache.schemasByGuid(guid)).toHaveLength(1);
  return [
    ids.filter((id) => cache.known('.', id)).length,
    rows.filter(({ guid }) => cache.knownByGuid(guid)).length,
  ];
}

it('keeps small contents', async () => {
  expect(await kept(1, { text: '{}' })).toEqual([COUNT, COUNT]);
});

// Each is 100,000 bytes or more in the memory of the process, and as many again in each of its two answers.
it.each<[string, { text: string; metadata?: object }]>([
  ['a long text', { text: `{"title":"${'x'.repeat(100_000)}"}` }],
  ['a text in Arabic', { text: `{"title":"${'و'.repeat(50_000)}"}` }],
  [
    'long metadata',
    { text: '{}', metadata: { tags: {}, properties: { purpose: 'x'.repeat(100_000) }, sensitive: [] } },
  ],
])('keeps no more than its bytes of contents with %s', async (what, content) => {
  const most = Math.floor(BYTES / 2 / 300_000);
  const [byId, byGuid] = await kept(1_000 * (1 + what.length), content);
  expect(byId).toBeLessThanOrEqual(most);
  expect(byGuid).toBeLessThanOrEqual(most);
});
