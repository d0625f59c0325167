import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeyRecord } from '#control';
import { EVIDENCE_TOPIC } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { readHead } from '../ledger/head.js';
import { BUS, emptyLedger, eventually, silent, SpecIssuer, specMetrics } from '../spec-ledger.js';
import { EvidenceCheck } from './evidence-check.js';
import { LedgerWriter, type LedgerBatch } from './ledger-writer.js';
import type { RecordSource } from './record-source.js';
import { Sequencer } from './sequencer.js';

let database: TestDatabase;
let pool: Pool;
let sequencer: Sequencer;
let keys: KeyRecord[];
let read: number;

beforeEach(async () => {
  database = await testDatabase();
  pool = await emptyLedger(database.url);
  keys = [];
  read = 0;
});
afterEach(async () => {
  await sequencer.stop();
  await pool.end();
  await database.drop();
});

/** Each token is a batch of its own; afterwards nothing more comes. */
function start(tokens: string[], writer = new LedgerWriter(pool)): void {
  const next = async () => {
    const offset = read++;
    const token = tokens[offset];
    if (token === undefined) await sleep(20);
    const place = { topic: EVIDENCE_TOPIC, partition: 0 };
    return {
      records: token
        ? [
            {
              ...place,
              offset: BigInt(offset),
              timestamp: Date.now(),
              headers: new Map(),
              value: Buffer.from(token),
            },
          ]
        : [],
      offsets: token ? [{ ...place, next: BigInt(offset + 1) }] : [],
      gaps: [],
    };
  };
  const source = { lag: 0, seek: () => undefined, next } as unknown as RecordSource;
  const view = { key: (kid: string) => keys.find((key) => key.kid === kid) };
  const check = new EvidenceCheck(view, BUS, true);
  sequencer = new Sequencer({ pool, source, check, writer, metrics: specMetrics(), logger: silent });
  sequencer.start();
}

const reaches = (count: number) =>
  eventually(`${count} entries`, async () => (await readHead(pool)).size === count, 5_000);

it('enters evidence whose key came between its check and its row', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  class HeldWriter extends LedgerWriter {
    override async append(batch: LedgerBatch) {
      await gate;
      return super.append(batch);
    }
  }
  const [known, late] = [new SpecIssuer(), new SpecIssuer()];
  keys.push(known.record);
  start([known.acceptance(), late.acceptance()], new HeldWriter(pool));
  await eventually('the second batch was checked', async () => Promise.resolve(read > 2));
  await sleep(100);
  keys.push(late.record);
  sequencer.keysChanged();
  open();
  await reaches(2);
});

it('enters evidence that waits behind pages of rows that never pass', async () => {
  const [known, never] = [new SpecIssuer(), new SpecIssuer()];
  const hold = (token: string, from: number, to: number) =>
    pool.query(
      `insert into quarantine (topic, partition, record_offset, reason, detail, data, recorded_at)
       select $1, 0, n, 'unknown-key', '', $2, now() from generate_series($3::bigint, $4::bigint) n`,
      [EVIDENCE_TOPIC, Buffer.from(token), from, to],
    );
  await hold(never.acceptance(), 1, 2_000);
  await hold(known.acceptance(), 2_001, 2_001);
  keys.push(known.record);
  start([]);
  await reaches(1);
  const { rows } = await pool.query('select record_offset from quarantine where released_at is not null');
  expect(rows).toEqual([{ record_offset: '2001' }]);
});
