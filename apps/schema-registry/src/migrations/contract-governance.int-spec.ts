import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '#testing';
import { MIGRATIONS, SCHEMA } from '../app.js';
import { ContractGovernance1764000000200 } from './1764000000200-contract-governance.js';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  const options = { extra: { options: `-c search_path=${SCHEMA}` }, migrationsTableName: 'migrations' };
  source = new DataSource({
    type: 'postgres',
    url: database.url,
    schema: SCHEMA,
    migrations: MIGRATIONS.slice(0, 1),
    ...options,
  });
  await source.initialize();
  await source.query(`create schema ${SCHEMA}`);
  await source.runMigrations();
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

it('keeps the contracts there are, and gives back what they were', async () => {
  const contract = async () => {
    const rows: Record<string, unknown>[] = await source.query(`select * from contract`);
    return rows[0];
  };
  await source.query(
    `insert into contract (topic, name, major, owner, titles, classification, purpose, legal_basis, deletion,
                           partitions, created_at, changed_at)
     values ('a.b.v1', 'a.b', 1, 'urn:wasl:dz:interior', '{}', 'P2', 'p', 'Loi "36-21"', true, 3, now(), now())`,
  );
  const before = await contract();
  const runner = source.createQueryRunner();
  const migration = new ContractGovernance1764000000200();
  await migration.up(runner);
  expect(await contract()).toMatchObject({
    kind: 'topic',
    legal_basis: { type: 'M', reference: 'Loi "36-21"' },
    stewards: [],
    languages: ['fr', 'ar', 'en'],
    revision: 1,
    partitions: 3,
  });
  await source.query(
    `insert into contract (topic, name, major, kind, owner, titles, classification, purpose, legal_basis, deletion,
                           created_at, changed_at)
     values ('common.name.v1', 'common.name', 1, 'type', 'o', '{}', 'P0', 'p', '{}', false, now(), now())`,
  );
  await migration.down(runner);
  await runner.release();
  expect(await source.query('select count(*)::integer as n from contract')).toEqual([{ n: 1 }]);
  expect(await contract()).toEqual(before);
});
