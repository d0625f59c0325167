import { readFileSync } from 'node:fs';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, projectFile } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { AUDIT_SCHEMA } from './database.js';
import { CheckpointStore } from './ledger/checkpoint-store.js';
import { readHead } from './ledger/head.js';
import { Projector } from './projection/projector.js';
import { LedgerWriter } from './sequencer/ledger-writer.js';
import { emptyLedger, entryOf, silent, SpecIssuer } from './spec-ledger.js';

const role = `wasl_audit_${v7().replaceAll('-', '')}`;
let database: TestDatabase;
let owner: pg.Pool;
let service: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  owner = await emptyLedger(database.url);
  await owner.query(`create role ${role} login password 'spec'`);
  await owner.query(
    readFileSync(projectFile('apps/audit/service-role.sql'), 'utf8').replaceAll('wasl_audit', role),
  );
  const url = new URL(database.url);
  url.username = role;
  url.password = 'spec';
  service = createPool(url.href, AUDIT_SCHEMA);
});
afterAll(async () => {
  await service.end();
  await owner.query(`drop owned by ${role}; drop role ${role}`);
  await owner.end();
  await database.drop();
});

describe('the role of the service', () => {
  it('can do all that the service does', async () => {
    const writer = new LedgerWriter(service);
    await writer.load();
    const token = new SpecIssuer().acceptance();
    const offsets = [{ topic: 't', partition: 0, next: 1n }];
    const entry = { ...entryOf(token), manifest: Buffer.from('manifest') };
    await writer.append({ entries: [entry], quarantined: [], offsets, released: [] });
    const quarantined = [{ ...entryOf('x'), reason: 'malformed' as const, detail: '' }];
    await writer.append({ entries: [entryOf('y')], quarantined, offsets, released: ['1'] });
    await new CheckpointStore(service).publish(await readHead(service), 'note');
    const projector = new Projector(service, silent);
    expect(await projector.step()).toBe(2);
    await projector.rebuild();
    expect((await service.query('select idx from exchange')).rows).toEqual([{ idx: '0' }]);
  });

  it.each([
    [`update entry set data = 'x'`],
    ['delete from entry'],
    ['truncate entry'],
    ['alter table entry disable trigger user'],
    ['alter table entry disable trigger all'],
    ['drop trigger entry_append_only on entry'],
    ['drop table entry'],
    ['delete from tile'],
    ['truncate head'],
    [`update checkpoint set note = 'x'`],
    ['delete from manifest'],
    ['delete from quarantine'],
    [
      'create or replace function audit.refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    ],
    [`set session_replication_role = replica`],
  ])('can not: %s', async (statement) => {
    await expect(service.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });
});
