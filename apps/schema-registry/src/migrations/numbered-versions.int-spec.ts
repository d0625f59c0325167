import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '#testing';
import { MIGRATIONS, SCHEMA } from '../app.js';
import { NumberedVersions1799000000000 } from './1799000000000-numbered-versions.js';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  const options = { extra: { options: `-c search_path=${SCHEMA}` }, migrationsTableName: 'migrations' };
  const before = MIGRATIONS.slice(0, MIGRATIONS.indexOf(NumberedVersions1799000000000));
  source = new DataSource({
    ...{ type: 'postgres', url: database.url, schema: SCHEMA, migrations: before },
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

it('marks the versions there are whose metadata holds a number, and can be undone', async () => {
  const numbered = '{"tags":{},"properties":{"confluent:version":"2"},"sensitive":[]}';
  await source.query(
    `insert into schema (context, guid, sha256, text, metadata, id, registered_at)
     select '.', gen_random_uuid(), n::text, '{}', case n when 2 then $1 when 3 then '{"tags":{}}' end, n, now()
       from generate_series(1, 3) as n`,
    [numbered],
  );
  await source.query(
    `insert into subject_version (context, subject, version, schema_id, registered_by, registered_at)
     select '.', 's', id, id, 'x', now() from schema`,
  );
  const before: unknown = await source.query('select * from subject_version order by version');
  const runner = source.createQueryRunner();
  const migration = new NumberedVersions1799000000000();
  await migration.up(runner);
  const after = 'select version, carries_number as marked from subject_version order by version';
  expect(await source.query(after)).toEqual([
    { version: 1, marked: false },
    { version: 2, marked: true },
    { version: 3, marked: false },
  ]);
  await migration.down(runner);
  await runner.release();
  expect(await source.query('select * from subject_version order by version')).toEqual(before);
});
