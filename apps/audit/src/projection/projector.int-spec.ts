import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidUrn } from '#protocol';
import { testDatabase, type TestDatabase } from '#testing';
import { LedgerWriter } from '../sequencer/ledger-writer.js';
import { emptyLedger, entryOf, silent, SpecIssuer } from '../spec-ledger.js';
import { Projector } from './projector.js';

const issuer = new SpecIssuer();
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = await emptyLedger(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function tables(): Promise<unknown[]> {
  const exchange = await pool.query('select * from exchange order by idx');
  const handover = await pool.query('select * from handover order by idx, partition, offsets');
  return [exchange.rows, handover.rows];
}

describe('the projection', () => {
  it('follows the ledger, skips what it can not read, and is the same when rebuilt', async () => {
    const ranges = [
      { partition: 0, first: '0', last: '4' },
      { partition: 1, first: '7', last: '7' },
    ];
    const recipient = 'urn:wasl:dz:education:enrolment';
    const tokens = [
      issuer.acceptance(),
      'not evidence at all',
      issuer.evidence('SubmissionRejection', uuidUrn(v7()), { reason: 'unknown-topic' }),
      issuer.evidence('ContentHandover', uuidUrn(v7()), { recipient, agreement: 'a', topic: 't.v1', ranges }),
      issuer.evidence('KeyCompromised', 'urn:wasl:dz:interior', {}),
    ];
    const writer = new LedgerWriter(pool);
    await writer.load();
    await writer.append({
      entries: tokens.map((token) => entryOf(token)),
      quarantined: [],
      offsets: [],
      released: [],
    });
    const projector = new Projector(pool, silent);
    expect(await projector.step()).toBe(5);
    expect(await projector.step()).toBe(0);
    const before = await tables();
    expect(before[0]).toHaveLength(4);
    expect(before[1]).toHaveLength(2);
    await projector.rebuild();
    expect(await tables()).toEqual(before);
  });

  it('projects nothing twice with two projectors at once', async () => {
    const writer = new LedgerWriter(pool);
    await writer.load();
    const entries = Array.from({ length: 300 }, () => entryOf(issuer.acceptance()));
    await writer.append({ entries, quarantined: [], offsets: [], released: [] });
    const projectors = [new Projector(pool, silent), new Projector(pool, silent)];
    const counts = await Promise.all(projectors.map((projector) => projector.step()));
    expect(counts.sort()).toEqual([0, 300]);
    expect((await pool.query('select count(*)::int as n from exchange')).rows).toEqual([{ n: 304 }]);
  });
});
