import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyRecord } from '#control';
import { KafkaProducer, PartitionReader, TopicAdmin } from '#kafka';
import { leafHash, treeRoot } from '#protocol';
import { EVIDENCE_TOPIC } from '#service';
import { ownKafka, testDatabase, uniqueTopic, type TestDatabase } from '#testing';
import { readHead } from '../ledger/head.js';
import { BUS, emptyLedger, eventually, silent, SpecIssuer, specMetrics, viewOf } from '../spec-ledger.js';
import { EvidenceCheck } from './evidence-check.js';
import { LedgerWriter } from './ledger-writer.js';
import { RecordSource } from './record-source.js';
import { Sequencer } from './sequencer.js';

const issuer = new SpecIssuer();
let broker: Awaited<ReturnType<typeof ownKafka>>;
let producer: KafkaProducer;
let settings: { brokers: string[]; clientId: string };
let database: TestDatabase;
let pool: Pool;
let topic: string;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  broker = await ownKafka();
  settings = { brokers: broker.kafka.brokers, clientId: 'sequencer-spec' };
  producer = new KafkaProducer(settings);
  await producer.connect();
});
afterAll(async () => {
  await producer.disconnect();
  broker.remove();
});
beforeEach(async () => {
  const admin = new TopicAdmin(settings);
  topic = uniqueTopic('territory') + '.v1';
  await admin.deleteTopics([EVIDENCE_TOPIC]);
  await eventually('wasl.evidence anew', async () => {
    await admin.ensureTopics([
      { topic: EVIDENCE_TOPIC, partitions: 2 },
      { topic, partitions: 3 },
    ]);
    return (await admin.describe(EVIDENCE_TOPIC).catch(() => undefined))?.partitions === 2;
  });
  database = await testDatabase();
  pool = await emptyLedger(database.url);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await pool.end();
  await database.drop();
});

async function startSequencer(
  keys: KeyRecord[] = [issuer.record],
  writer = new LedgerWriter(pool),
): Promise<Sequencer> {
  const reader = new PartitionReader(settings);
  await reader.connect();
  const sequencer = new Sequencer({
    pool,
    source: new RecordSource(
      reader,
      () => [EVIDENCE_TOPIC, topic, 'not.there.v1'],
      { entries: 64, waitMs: 50 },
      silent,
    ),
    check: new EvidenceCheck(viewOf(...keys), BUS, true),
    writer,
    metrics: specMetrics(),
    logger: silent,
  });
  sequencer.start();
  running.push({ stop: async () => (await sequencer.stop(), await reader.close()) });
  return sequencer;
}

const evidence = (token: string | Buffer) => ({
  topic: EVIDENCE_TOPIC,
  key: v7(),
  value: Buffer.from(token),
});
const data = (token: string, manifest = 'manifest') => ({
  topic,
  key: v7(),
  value: Buffer.from('{}'),
  headers: { 'wasl-evidence': token, 'wasl-manifest': manifest },
});

const size = async () => (await readHead(pool)).size;
const reaches = (count: number) => eventually(`${count} entries`, async () => (await size()) >= count);

async function ledger(): Promise<string[]> {
  const { rows } = await pool.query<{ idx: string; data: Buffer }>(
    'select idx, data from entry order by idx',
  );
  expect(rows.map(({ idx }) => Number(idx))).toEqual(rows.map((_, i) => i));
  expect((await readHead(pool)).root).toEqual(treeRoot(rows.map((row) => leafHash(row.data))));
  return rows.map((row) => row.data.toString());
}

/** Everything in Kafka was taken up: stored offsets equal the ends of all partitions. */
async function drained(): Promise<void> {
  const reader = new PartitionReader(settings);
  const ends = new Map<string, bigint>();
  for (const name of [EVIDENCE_TOPIC, topic])
    for (const [partition, end] of await reader.offsets(name, 'latest'))
      if (end > 0n) ends.set(`${name}:${partition}`, end);
  await reader.close();
  await eventually('all offsets at the end', async () => {
    const { rows } = await pool.query<{ at: string; next_offset: string }>(
      `select topic || ':' || partition as at, next_offset from source_offset`,
    );
    const stored = new Map(rows.map(({ at, next_offset }) => [at, BigInt(next_offset)]));
    return [...ends].every(([name, end]) => stored.get(name) === end);
  });
}

describe('the sequencer', () => {
  it('journals evidence of both kinds of topics, with the manifest and the place it came from', async () => {
    const [own, carried] = [issuer.acceptance(), issuer.acceptance()];
    await producer.send([evidence(own), data(carried, 'the manifest')]);
    await startSequencer();
    await drained();
    expect((await ledger()).sort()).toEqual([own, carried].sort());
    const { rows } = await pool.query<{ source_topic: string; token: Buffer }>(
      'select source_topic, token from entry join manifest using (idx)',
    );
    expect(rows).toEqual([{ source_topic: topic, token: Buffer.from('the manifest') }]);
  });

  it('counts redelivered evidence once, also when two topics carry it', async () => {
    const tokens = Array.from({ length: 150 }, () => issuer.acceptance());
    await producer.send(tokens.map((token) => data(token)));
    await startSequencer();
    await producer.send(tokens.map((token) => data(token)));
    await producer.send(tokens.map((token) => evidence(token)));
    await drained();
    expect((await ledger()).sort()).toEqual(tokens.sort());
  });

  it('loses and repeats nothing when it dies anywhere and starts again from its offsets', async () => {
    const tokens = Array.from({ length: 600 }, () => issuer.acceptance());
    await producer.send(tokens.slice(0, 300).map((token) => data(token)));
    for (let round = 0; round < 6; round++) {
      const sequencer = await startSequencer();
      await producer.send(tokens.slice(300 + round * 50, 350 + round * 50).map((token) => data(token)));
      await eventually('some more', async () => (await size()) > round * 20);
      // What SIGKILL of this process would do to the transaction in flight: its connection ends.
      await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await sequencer.stop();
    }
    await startSequencer();
    await drained();
    expect((await ledger()).sort()).toEqual(tokens.sort());
  });

  it('never forks while two instances lead at once', async () => {
    const tokens = Array.from({ length: 500 }, () => issuer.acceptance());
    await Promise.all([startSequencer(), startSequencer()]);
    for (let i = 0; i < tokens.length; i += 25)
      await producer.send(tokens.slice(i, i + 25).map((token) => data(token)));
    await reaches(500);
    await drained();
    expect((await ledger()).sort()).toEqual(tokens.sort());
  });

  it('begins again from the database when a commit fails', async () => {
    const tokens = Array.from({ length: 40 }, () => issuer.acceptance());
    const writer = new LedgerWriter(pool);
    const append = writer.append.bind(writer);
    let failures = 3;
    writer.append = async (batch) => {
      if (failures-- > 0) {
        // Either the transaction was lost, or only the answer to its commit: both look the same from here.
        if (failures === 0) await append(batch);
        throw new Error('connection lost');
      }
      return append(batch);
    };
    await startSequencer([issuer.record], writer);
    await producer.send(tokens.map((token) => data(token)));
    await drained();
    expect(failures).toBeLessThanOrEqual(0);
    expect((await ledger()).sort()).toEqual(tokens.sort());
  });

  it('sets aside what is no evidence and goes on', async () => {
    const good = [issuer.acceptance(), issuer.acceptance()];
    const forged = new SpecIssuer('urn:wasl:dz:interior:civil-registry');
    await producer.send([
      evidence('not a token'),
      evidence(good[0]!),
      evidence(Buffer.alloc(70_000, 0x41)),
      { topic, key: 'k', value: Buffer.from('{}') },
      evidence(forged.acceptance()),
      evidence(good[1]!),
    ]);
    await startSequencer([issuer.record, forged.record]);
    await drained();
    expect((await ledger()).sort()).toEqual(good.sort());
    const { rows } = await pool.query<{ topic: string; reason: string; bytes: number | null }>(
      'select topic, reason, octet_length(data) as bytes from quarantine order by reason',
    );
    expect(rows).toEqual([
      { topic: EVIDENCE_TOPIC, reason: 'malformed', bytes: 11 },
      { topic, reason: 'no-evidence', bytes: null },
      { topic: EVIDENCE_TOPIC, reason: 'not-a-bus-key', bytes: forged.acceptance().length },
      { topic: EVIDENCE_TOPIC, reason: 'too-large', bytes: 70_000 },
    ]);
  });

  it('enters evidence held back for an unknown key as soon as the key is known', async () => {
    const keys: KeyRecord[] = [];
    const token = issuer.acceptance();
    const sequencer = await startSequencer(keys);
    await producer.send([evidence(token)]);
    await drained();
    expect(await ledger()).toEqual([]);
    sequencer.keysChanged();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await ledger()).toEqual([]);
    await running.splice(0)[0]!.stop();
    await startSequencer([issuer.record]);
    await reaches(1);
    expect(await ledger()).toEqual([token]);
    const { rows } = await pool.query('select released_at is not null as released from quarantine');
    expect(rows).toEqual([{ released: true }]);
  });

  it('takes up a topic that appears later, and records it when Kafka lost what was to be read', async () => {
    await startSequencer();
    const token = issuer.acceptance();
    await producer.send([evidence(token)]);
    await drained();
    await running.splice(0)[0]!.stop();
    // The topic is made anew behind the ledger's back: its offsets begin again below the stored one.
    await pool.query('update source_offset set next_offset = 500 where topic = $1', [EVIDENCE_TOPIC]);
    await startSequencer();
    const gap = await eventually('a gap', async () => (await pool.query(`select * from quarantine`)).rows[0]);
    expect(gap).toMatchObject({ topic: EVIDENCE_TOPIC, record_offset: '500', reason: 'offset-gap' });
    await drained();
    expect(await ledger()).toEqual([token]);
  });
});
