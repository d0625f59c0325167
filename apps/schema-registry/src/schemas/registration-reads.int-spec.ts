import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SchemaWorkers } from '#contracts';
import { createPool, migrate } from '#service';
import { type TestDatabase, testDatabase } from '#testing';
import { MIGRATIONS, SCHEMA } from '../app.js';
import { SettingStore } from '../settings/setting-store.js';
import { Transactions } from '../transactions.js';
import { CompatibilityService, QuestionWorkers } from './compatibility.service.js';
import { KnownContents } from './known-contents.js';
import { LookUpService } from './look-up.service.js';
import { ReferenceResolver } from './references.js';
import { RegistrationService } from './registration.service.js';
import type { SchemaRequest } from './registration-decision.js';
import { SchemaCheck } from './schema-check.js';
import { SchemaStore } from './schema-store.js';
import { VersionAnnouncer } from './version-announcer.js';

const VERSIONS = 3_000;
const subject = { context: '.', subject: 'often' };
/** Refers within itself, as a schema does that is sent without saying to which others it refers. */
const textOf = (n: number | string) => `{"title":"${n}","properties":{"a":{"$ref":"#"}}}`;
const asked = (n: number): SchemaRequest => ({
  ...{ text: textOf(n), references: [], metadata: undefined, ruleSet: undefined },
  ...{ version: 0, id: undefined, normalize: false },
});

let database: TestDatabase;
let pool: Pool;
let service: RegistrationService;
let known: KnownContents;
let lookUps: LookUpService;
let transactions: Transactions;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, SCHEMA, MIGRATIONS);
  // Plans are made while the tables are empty, and kept: what a connection that registers for long comes to have.
  const options = `-c search_path=${SCHEMA} -c plan_cache_mode=force_generic_plan`;
  pool = createPool(database.url, SCHEMA, { max: 1, pool: { options } });
  const store = new SchemaStore(pool);
  const settings = new SettingStore(pool);
  const references = new ReferenceResolver(store);
  const workers = new SchemaWorkers();
  transactions = new Transactions(pool);
  known = new KnownContents(pool);
  lookUps = new LookUpService(store, settings, references);
  service = new RegistrationService(
    ...([known, store, settings, references, new SchemaCheck(workers)] as const),
    new CompatibilityService(store, references, workers, new QuestionWorkers()),
    new VersionAnnouncer(references),
    transactions,
  );
  for (let n = 1; n <= 8; n += 1) await register(n);
  await register(1);
  await find(1);
  await pool.query(
    `with made as (
       insert into schema (context, guid, sha256, text, id, registered_at)
       select '.', gen_random_uuid(), n::text, replace($1, '@', n::text), nextval('schema_id'), now()
         from generate_series(9, ${VERSIONS}) as n returning id)
     insert into subject_version (context, subject, version, schema_id, carries_number, registered_by, registered_at)
     select '.', 'often', 8 + row_number() over (order by id), id, false, 'x', now() from made`,
    [textOf('@')],
  );
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Registers, and tells how many rows of tables that took. */
async function register(n: number): Promise<{ version: number; added: boolean; rows: number }> {
  return transactions.run(new Date(), async (transaction) => {
    const before = await rowsRead(transaction.client);
    const registration = { subject, request: asked(n), by: 'x', force: false };
    const { version, added } = await service.registerWithin(transaction, registration);
    return { version, added, rows: (await rowsRead(transaction.client)) - before };
  });
}

/** Asks which version has a content, in both ways there are, and tells how many rows of tables that took. */
async function find(n: number): Promise<{ versions: (number | undefined)[]; rows: number }> {
  // The pool is one connection, which hands its counts on between transactions.
  await pool.query('begin');
  const before = await rowsRead(pool);
  const registered = await known.find(subject, textOf(n));
  const found = await lookUps.lookUp(subject, asked(n), 'no', () => true);
  const rows = (await rowsRead(pool)) - before;
  await pool.query('commit');
  return { versions: [registered?.version, found?.version], rows };
}

/** Rows that this session has read, as far as it has not handed the count on. */
async function rowsRead(client: Pool | PoolClient): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    'select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as n from pg_stat_xact_user_tables',
  );
  return Number(rows[0]!.n);
}

describe('of a subject with thousands of versions no more than a handful of rows are read', () => {
  const rows: unknown = expect.toSatisfy((read: number) => read < 50);

  it('to register a new version', async () => {
    const version = VERSIONS + 1;
    expect(await register(version)).toEqual({ version, added: true, rows });
  });

  it('to register what an old version has', async () => {
    expect(await register(5)).toEqual({ version: 5, added: false, rows });
  });

  it('to find what an old version has', async () => {
    expect(await find(5)).toEqual({ versions: [5, 5], rows });
  });

  it('to find that no version has it', async () => {
    expect(await find(VERSIONS + 7)).toEqual({ versions: [undefined, undefined], rows });
  });
});
