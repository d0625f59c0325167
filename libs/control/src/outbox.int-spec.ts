import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaRecord, type OutgoingRecord } from '#kafka';
import { testDatabase, testKafka, uniqueTopic, type TestDatabase } from '#testing';
import { WaslError } from '#protocol';
import { Outbox } from './outbox.js';

const SCHEMA = 'tiny';
const settings = { ...testKafka(), clientId: 'outbox-spec' };
const producer = new KafkaProducer(settings);
const admin = new TopicAdmin(settings);
const topics: string[] = [];
const started: Outbox[] = [];
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, options: `-c search_path=${SCHEMA}`, max: 8 });
  await pool.query(`create schema ${SCHEMA}`);
  await pool.query(Outbox.TABLE_DDL);
  await producer.connect();
});
beforeEach(() => pool.query('truncate outbox'));
afterEach(async () => {
  await Promise.all(started.splice(0).map((outbox) => outbox.stop()));
});
afterAll(async () => {
  await admin.deleteTopics(topics);
  await producer.disconnect();
  await pool.end();
  await database.drop();
});

describe('Outbox', () => {
  it('sends what is committed, with key, headers and null values, and nothing that is rolled back', async () => {
    const topic = await newTopic();
    const outbox = startOutbox();
    await transaction(async (client) => {
      await outbox.enqueue(client, [
        { topic, key: 'k', value: Buffer.from([0, 255]), headers: { h: 'é', b: Buffer.from('x') } },
      ]);
      await outbox.enqueue(client, []);
    });
    await expect(
      transaction(async (client) => {
        await outbox.enqueue(client, [{ topic, key: 'k', value: Buffer.from('never') }]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await transaction((client) =>
      outbox.enqueue(client, [
        { topic, key: null, value: Buffer.from('n') },
        { topic, key: 'k', value: null },
      ]),
    );
    outbox.kick();
    await drained();
    const records = await readAll(topic);
    expect(records.map(({ key, value }) => [key?.toString(), value?.toString('hex')])).toEqual([
      ['k', '00ff'],
      [undefined, '6e'],
      ['k', undefined],
    ]);
    expect(records[0]?.headers.get('h')?.toString()).toBe('é');
    expect(records[0]?.headers.get('b')?.toString()).toBe('x');
  });

  // How long it takes is measured: again, where the machine was busy with something else.
  it('sends at once after a kick, and soon without one', { retry: 2 }, async () => {
    const topic = await newTopic();
    const outbox = startOutbox();
    const delays: number[] = [];
    for (const kick of [true, false, true]) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const start = performance.now();
      await transaction((client) => outbox.enqueue(client, [record(topic, 'k', delays.length)]));
      if (kick) outbox.kick();
      await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 3_000, interval: 5 });
      delays.push(performance.now() - start);
    }
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });

  it('keeps the order per key with two relays and four writers at once, and sends each row once', async () => {
    const topic = await newTopic();
    const outboxes = [startOutbox(), startOutbox()];
    const keys = ['a', 'b', 'c'];
    const next = new Map(keys.map((key) => [key, 0]));
    await pool.query('create table counter (key text primary key, value int not null)');
    await pool.query(`insert into counter select k, 0 from unnest($1::text[]) k`, [keys]);
    const write = async (writer: number) => {
      for (let i = 0; i < 50; i++) {
        const key = keys[(i + writer) % keys.length] as string;
        const outbox = outboxes[writer % 2] as Outbox;
        await transaction(async (client) => {
          // A placeholder first: the lock must be taken by enqueue, not by the row of the counter.
          await outbox.enqueue(client, [{ topic, key, value: Buffer.from('-') }]);
          const { rows } = await client.query<{ value: number }>(
            'update counter set value = value + 1 where key = $1 returning value',
            [key],
          );
          await outbox.enqueue(client, [record(topic, key, rows[0]?.value as number)]);
        });
        outbox.kick();
      }
    };
    await Promise.all([0, 1, 2, 3].map(write));
    await drained();
    const records = (await readAll(topic)).filter(({ value }) => value?.toString() !== '-');
    expect(records).toHaveLength(200);
    for (const { key, value } of records) {
      const expected = (next.get(String(key)) ?? 0) + 1;
      expect(Number(value)).toBe(expected);
      next.set(String(key), expected);
    }
  });

  it('sends the same bytes again when it dies between producing and deleting', async () => {
    const topic = await newTopic();
    const dying = new Pool({
      application_name: 'dying',
      connectionString: database.url,
      options: `-c search_path=${SCHEMA}`,
      max: 1,
    });
    dying.on('error', () => undefined);
    const sendThenDie = async (records: OutgoingRecord[]) => {
      await producer.send(records);
      await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'dying'`);
    };
    const first = startOutbox({ send: sendThenDie }, dying);
    await transaction((client) => first.enqueue(client, [record(topic, 'k', 1), record(topic, 'k', 2)]));
    await vi.waitFor(async () => expect((await readAll(topic)).length).toBeGreaterThanOrEqual(2), 20_000);
    expect(await waiting()).toBe(2);
    await first.stop();
    await dying.end();
    const before = await readAll(topic);
    startOutbox();
    await drained();
    const values = (await readAll(topic)).map(({ value }) => value?.toString());
    expect(values).toHaveLength(before.length + 2);
    expect(values).toEqual(values.map((_, i) => String((i % 2) + 1)));
  });

  it('keeps rows while Kafka refuses, then sends them in order', async () => {
    const topic = await newTopic();
    let away = true;
    const send = async (records: OutgoingRecord[]) => {
      if (away) throw new WaslError('unavailable', 'away');
      await producer.send(records);
    };
    const outbox = startOutbox({ send });
    for (let i = 0; i < 5; i++)
      await transaction((client) => outbox.enqueue(client, [record(topic, 'k', i)]));
    outbox.kick();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await waiting()).toBe(5);
    away = false;
    await drained();
    expect((await readAll(topic)).map(({ value }) => Number(value))).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets rows for a missing topic wait without holding up the others', async () => {
    const topic = await newTopic();
    const missing = uniqueTopic('outbox-missing');
    const outbox = startOutbox();
    await transaction((client) =>
      outbox.enqueue(client, [record(missing, 'k', 1), record(topic, 'k', 1), record(missing, 'k', 2)]),
    );
    outbox.kick();
    await vi.waitFor(async () => expect(await waiting()).toBe(2), 20_000);
    // What was sent together with rows that failed may be sent again: the same record, never another one.
    expect(new Set((await readAll(topic)).map(({ value }) => value?.toString()))).toEqual(new Set(['1']));
    topics.push(missing);
    await admin.ensureTopics([{ topic: missing, partitions: 1 }]);
    await drained();
    expect((await readAll(missing)).map(({ value }) => Number(value))).toEqual([1, 2]);
  });

  it('refuses what Kafka would never take, before it is committed', async () => {
    const outbox = startOutbox();
    const large: OutgoingRecord = { topic: 'any', key: 'k', value: Buffer.alloc(1_000_001) };
    await expect(transaction((client) => outbox.enqueue(client, [large]))).rejects.toMatchObject({
      code: 'body-too-large',
    });
    expect(await waiting()).toBe(0);
  });

  it('sends on stop what is already committed, more than a batch', async () => {
    const topic = await newTopic();
    const outbox = new Outbox({ pool, schema: SCHEMA, producer });
    const records = Array.from({ length: 1_234 }, (_, i) => record(topic, 'k', i));
    await transaction((client) => outbox.enqueue(client, records));
    outbox.start();
    await outbox.stop();
    expect(await waiting()).toBe(0);
    expect((await readAll(topic)).map(({ value }) => Number(value))).toEqual(records.map((_, i) => i));
  });
});

function record(topic: string, key: string, value: number): OutgoingRecord {
  return { topic, key, value: Buffer.from(String(value)) };
}

async function newTopic(): Promise<string> {
  const topic = uniqueTopic('outbox');
  topics.push(topic);
  await admin.ensureTopics([{ topic, partitions: 1 }]);
  return topic;
}

function startOutbox(through: Pick<KafkaProducer, 'send'> = producer, own = pool): Outbox {
  const outbox = new Outbox({ pool: own, schema: SCHEMA, producer: through });
  outbox.start();
  started.push(outbox);
  return outbox;
}

async function transaction(work: (client: import('pg').PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function waiting(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from outbox');
  return rows[0]?.count as number;
}

async function drained(): Promise<void> {
  await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 20_000, interval: 20 });
}

async function readAll(topic: string): Promise<KafkaRecord[]> {
  const reader = new PartitionReader(settings);
  try {
    await reader.connect();
    const end = (await reader.offsets(topic, 'latest')).get(0) ?? 0n;
    const records: KafkaRecord[] = [];
    for (let offset = 0n; offset < end;) {
      const [slice] = await reader.fetch([{ topic, partition: 0, offset }], { maxWaitMs: 100 });
      records.push(...(slice?.records ?? []));
      offset = slice?.nextOffset ?? end;
    }
    return records;
  } finally {
    await reader.close();
  }
}
