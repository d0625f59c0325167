import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownKafka, uniqueTopic } from '#testing';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaSettings } from './index.js';

let own: Awaited<ReturnType<typeof ownKafka>>;
let settings: KafkaSettings;

beforeAll(async () => {
  own = await ownKafka();
  settings = { brokers: own.kafka.brokers, clientId: 'restart-spec' };
});

afterAll(() => own.remove());

async function newTopic(partitions: number): Promise<string> {
  const topic = uniqueTopic('restart');
  await new TopicAdmin(settings).ensureTopics([{ topic, partitions }]);
  return topic;
}

async function killAndStart(downMs: number): Promise<void> {
  await own.kafka.kill();
  await new Promise((resolve) => setTimeout(resolve, downMs));
  await own.kafka.start();
}

describe('a broker that is killed and comes back', { timeout: 180_000 }, () => {
  it('lets a long poll under way go on', async () => {
    const topic = await newTopic(1);
    const reader = new PartitionReader(settings);
    const poll = reader.fetch([{ topic, partition: 0, offset: 0n }], { maxWaitMs: 30_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await killAndStart(500);
    const producer = new KafkaProducer(settings);
    await producer.send([{ topic, key: null, value: Buffer.from('after') }]);
    const [slice] = await poll;
    expect(slice!.records.map(({ value }) => value!.toString())).toEqual(['after']);
    await producer.disconnect();
    await reader.close();
  });

  it('lets topics that are being created wait for it', async () => {
    const admin = new TopicAdmin({ ...settings, patienceMs: 60_000 });
    const created: string[] = [];
    const creators = [1, 2, 3].map(async () => {
      while (created.length < 60 || !restarted) {
        const topic = uniqueTopic('restart');
        await admin.ensureTopics([{ topic, partitions: 1 }]);
        created.push(topic);
      }
    });
    let restarted = false;
    const restart = killAndStart(200).then(() => (restarted = true));
    await Promise.all([...creators, restart]);
    expect(await admin.list()).toEqual(expect.arrayContaining(created));
    await admin.deleteTopics(created);
  });

  it('loses nothing that was acknowledged, and keeps the order within each key', async () => {
    const topic = await newTopic(3);
    const producer = new KafkaProducer(settings);
    const acknowledged = new Map<string, number[]>();
    let killed = false;
    const restart = setTimeout(() => void killAndStart(200).then(() => (killed = true)), 300);
    const end = Date.now() + 120_000;
    for (let number = 0; (!killed || number < 4_000) && Date.now() < end; number += 4) {
      await Promise.all(
        [0, 1, 2, 3].map(async (i) => {
          const key = `key-${i}`;
          await producer.send([{ topic, key, value: Buffer.from(String(number + i)) }]);
          acknowledged.set(key, [...(acknowledged.get(key) ?? []), number + i]);
        }),
      );
    }
    clearTimeout(restart);
    expect(killed).toBe(true);

    const stored = await readByKey(topic);
    for (const [key, numbers] of acknowledged) expect(stored.get(key)).toEqual(numbers);
    await producer.disconnect();
  });

  it('is reported as unavailable when it stays away longer than the patience', async () => {
    const topic = await newTopic(1);
    const told: string[] = [];
    const tell = (_: object, message: string) => void told.push(message);
    const impatient = { ...settings, patienceMs: 300, logger: { info: tell, warn: tell, debug: () => {} } };
    const [producer, reader] = [new KafkaProducer(impatient), new PartitionReader(settings)];
    await producer.connect();
    await own.kafka.kill();
    const record = { topic, key: null, value: Buffer.from('x') };
    const send = producer.send([record]);
    await expect(send).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
    await expect(new PartitionReader(impatient).connect()).rejects.toMatchObject({ code: 'unavailable' });
    await own.kafka.start();
    await producer.send([record]);
    expect(told).toContain('no answer from the message broker');
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toBe('the message broker answers again');
    const [slice] = await reader.fetch([{ topic, partition: 0, offset: 0n }], { maxWaitMs: 0 });
    expect(slice!.records.length).toBeGreaterThan(0);
    await producer.disconnect();
    await reader.close();
  });
});

/** Numbers stored for each key in order, each once: a retry may have stored one again. */
async function readByKey(topic: string): Promise<Map<string, number[]>> {
  const reader = new PartitionReader(settings);
  const found = new Map<string, number[]>();
  for (const partition of await reader.partitions(topic)) {
    for (let offset = 0n; ;) {
      const [slice] = await reader.fetch([{ topic, partition, offset }], { maxWaitMs: 0 });
      for (const { key, value } of slice!.records) {
        const numbers = found.get(key!.toString()) ?? [];
        if (!numbers.includes(Number(value))) numbers.push(Number(value));
        found.set(key!.toString(), numbers);
      }
      offset = slice!.nextOffset;
      if (offset >= slice!.highWatermark) break;
    }
  }
  await reader.close();
  return found;
}
