import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testKafka, uniqueTopic } from '#testing';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaRecord, type KafkaSettings } from './index.js';

const settings = (): KafkaSettings => ({ ...testKafka(), clientId: 'kafka-spec' });
const read = { maxWaitMs: 0 };

let producer: KafkaProducer;
let reader: PartitionReader;
let admin: TopicAdmin;

beforeAll(async () => {
  producer = new KafkaProducer(settings());
  reader = new PartitionReader(settings());
  admin = new TopicAdmin(settings());
  await Promise.all([producer.connect(), reader.connect()]);
});

afterAll(async () => {
  await Promise.all([producer.disconnect(), reader.close(), admin.close()]);
});

async function topicOf(partitions: number, config: Record<string, string> = {}): Promise<string> {
  const topic = uniqueTopic('kafka-spec');
  await admin.ensureTopics([{ topic, partitions, config }]);
  return topic;
}

async function readAll(
  topic: string,
  partition = 0,
  maxBytesPerPartition = 1_000_000,
): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = [];
  for (let offset = 0n; ;) {
    const [slice] = await reader.fetch([{ topic, partition, offset }], { ...read, maxBytesPerPartition });
    records.push(...slice!.records);
    offset = slice!.nextOffset;
    if (offset >= slice!.highWatermark) return records;
  }
}

const texts = (records: KafkaRecord[]) => records.map(({ value }) => value?.toString());
const values = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, i) => Buffer.from(`${prefix}${i}`));

describe('what is sent is read', () => {
  it('keeps key, value, binary headers, null values and time', async () => {
    const topic = await topicOf(1);
    const binary = randomBytes(300);
    const before = Date.now();
    await producer.send([
      { topic, key: 'k', value: binary, headers: { ce_id: 'é', 'wasl-manifest': binary, empty: '' } },
      { topic, key: null, value: null },
      { topic, key: Buffer.from([0, 255]), value: Buffer.alloc(0) },
    ]);
    const [first, second, third] = await readAll(topic);
    expect(first).toMatchObject({ topic, partition: 0, offset: 0n, key: Buffer.from('k'), value: binary });
    expect([...first!.headers]).toEqual([
      ['ce_id', Buffer.from('é')],
      ['wasl-manifest', binary],
      ['empty', Buffer.alloc(0)],
    ]);
    expect(first!.timestamp).toBeGreaterThanOrEqual(before);
    expect(first!.timestamp).toBeLessThanOrEqual(Date.now());
    expect(second).toMatchObject({ offset: 1n, key: null, value: null });
    expect(third).toMatchObject({ offset: 2n, key: Buffer.from([0, 255]), value: Buffer.alloc(0) });
  });

  it('puts a key where the Java client puts it', async () => {
    const topic = await topicOf(12);
    // Partitions by org.apache.kafka.common.utils.Utils.murmur2 & 0x7fffffff, modulo 12.
    const java = new Map([
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ]);
    for (const [key, hash] of java) {
      await producer.send([{ topic, key, value: Buffer.from(key) }]);
      const records = await readAll(topic, (hash & 0x7fffffff) % 12);
      expect(texts(records)).toContain(key);
    }
  });

  it('keeps the order of concurrent sends of one key', async () => {
    const topic = await topicOf(3);
    await Promise.all(values(500).map((value) => producer.send([{ topic, key: 'same', value }])));
    const all = (await Promise.all([0, 1, 2].map((partition) => readAll(topic, partition)))).flat();
    expect(texts(all)).toEqual(values(500).map(String));
  });

  it('splits what is larger than the broker takes in one batch', async () => {
    const topic = await topicOf(1);
    const large = Array.from({ length: 30 }, (_, i) => Buffer.alloc(100_000, i));
    await producer.send(large.map((value) => ({ topic, key: 'k', value })));
    const records = await readAll(topic);
    expect(records.map(({ value }) => value![0])).toEqual(large.map((value) => value[0]));
  });

  it('halves a batch that the topic finds too large, and refuses the single record that is', async () => {
    const topic = await topicOf(1, { 'max.message.bytes': '2000' });
    await producer.send(values(100, 'x'.repeat(100)).map((value) => ({ topic, key: 'k', value })));
    expect(await readAll(topic)).toHaveLength(100);
    const tooLarge = producer.send([{ topic, key: 'k', value: Buffer.alloc(5000) }]);
    await expect(tooLarge).rejects.toMatchObject({ code: 'body-too-large' });
  });

  it('refuses an unknown topic without touching what is sent beside it', async () => {
    const topic = await topicOf(1);
    const missing = producer.send([{ topic: uniqueTopic('none'), key: null, value: Buffer.from('lost') }]);
    const present = producer.send([{ topic, key: null, value: Buffer.from('kept') }]);
    await expect(missing).rejects.toMatchObject({ code: 'unknown-topic' });
    await present;
    expect(texts(await readAll(topic))).toEqual(['kept']);
  });
});

describe('reading at positions', () => {
  it('starts at any offset, also inside a batch, and goes on where it says', async () => {
    const topic = await topicOf(1);
    await producer.send(values(100).map((value) => ({ topic, key: null, value })));
    const [slice] = await reader.fetch([{ topic, partition: 0, offset: 42n }], read);
    expect(slice!.records[0]).toMatchObject({ offset: 42n, value: Buffer.from('42') });
    expect(slice).toMatchObject({ nextOffset: 100n, highWatermark: 100n });
    const [end] = await reader.fetch([{ topic, partition: 0, offset: 100n }], read);
    expect(end).toEqual({ topic, partition: 0, records: [], nextOffset: 100n, highWatermark: 100n });
  });

  it('reads in pieces when the byte limit is smaller than the data', async () => {
    const topic = await topicOf(1);
    for (const value of values(40, 'x'.repeat(500))) await producer.send([{ topic, key: null, value }]);
    expect(texts(await readAll(topic, 0, 1500))).toEqual(values(40, 'x'.repeat(500)).map(String));
  });

  it('answers several topics and partitions in the order asked', async () => {
    const [one, two] = [await topicOf(2), await topicOf(1)];
    await producer.send([
      { topic: two, key: null, value: Buffer.from('two') },
      ...values(20).map((value) => ({ topic: one, key: null, value })),
    ]);
    const positions = [
      { topic: two, partition: 0, offset: 0n },
      { topic: one, partition: 1, offset: 0n },
      { topic: one, partition: 0, offset: 0n },
    ];
    const slices = await reader.fetch(positions, read);
    expect(slices.map(({ topic, partition }) => ({ topic, partition, offset: 0n }))).toEqual(positions);
    expect(texts(slices[0]!.records)).toEqual(['two']);
    expect(slices[1]!.records.length + slices[2]!.records.length).toBe(20);
  });

  // How long it takes is measured: again, where the machine was busy with something else.
  it('wakes a long poll when data comes, and not before', { retry: 2 }, async () => {
    const topic = await topicOf(1);
    const poller = new PartitionReader(settings());
    const started = Date.now();
    const poll = poller.fetch([{ topic, partition: 0, offset: 0n }], { maxWaitMs: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    const sent = Date.now();
    await producer.send([{ topic, key: null, value: Buffer.from('now') }]);
    const [slice] = await poll;
    expect(texts(slice!.records)).toEqual(['now']);
    expect(Date.now() - sent).toBeLessThan(300);
    expect(Date.now() - started).toBeGreaterThanOrEqual(400);
    await poller.close();
  });

  it('waits as long as asked when nothing comes', async () => {
    const topic = await topicOf(1);
    const started = Date.now();
    const [slice] = await reader.fetch([{ topic, partition: 0, offset: 0n }], { maxWaitMs: 600 });
    expect(slice!.records).toEqual([]);
    expect(Date.now() - started).toBeGreaterThanOrEqual(590);
  });

  it('ends a long poll when it is closed', async () => {
    const topic = await topicOf(1);
    const poller = new PartitionReader(settings());
    const poll = poller.fetch([{ topic, partition: 0, offset: 0n }], { maxWaitMs: 20_000 });
    setTimeout(() => void poller.close(), 200);
    await expect(poll).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('marks offsets that are not there', async () => {
    const topic = await topicOf(1);
    await producer.send([{ topic, key: null, value: Buffer.from('0') }]);
    const [slice] = await reader.fetch([{ topic, partition: 0, offset: 7n }], { maxWaitMs: 5000 });
    expect(slice).toMatchObject({ outOfRange: true, records: [], nextOffset: 7n });
  });

  it('tells partitions, first and next offsets', async () => {
    const topic = await topicOf(3);
    await producer.send(values(9).map((value) => ({ topic, key: null, value })));
    expect(await reader.partitions(topic)).toEqual([0, 1, 2]);
    expect([...(await reader.offsets(topic, 'earliest'))]).toEqual([
      [0, 0n],
      [1, 0n],
      [2, 0n],
    ]);
    const latest = [...(await reader.offsets(topic, 'latest')).values()];
    expect(latest.reduce((sum, offset) => sum + offset, 0n)).toBe(9n);
  });

  it('refuses topics and partitions that do not exist', async () => {
    const none = uniqueTopic('none');
    await expect(reader.partitions(none)).rejects.toMatchObject({ code: 'unknown-topic' });
    await expect(reader.offsets(none, 'latest')).rejects.toMatchObject({ code: 'unknown-topic' });
    const fetch = reader.fetch([{ topic: none, partition: 0, offset: 0n }], read);
    await expect(fetch).rejects.toMatchObject({ code: 'unknown-topic' });
    const topic = await topicOf(1);
    const beyond = reader.fetch([{ topic, partition: 5, offset: 0n }], read);
    await expect(beyond).rejects.toMatchObject({ code: 'unknown-topic' });
  });

  it('goes on with other topics after one was deleted', async () => {
    const [kept, deleted] = [await topicOf(1), await topicOf(1)];
    await producer.send([kept, deleted].map((topic) => ({ topic, key: null, value: Buffer.from('x') })));
    const positions = [kept, deleted].map((topic) => ({ topic, partition: 0, offset: 0n }));
    await reader.fetch(positions, read);
    await admin.deleteTopics([deleted]);
    await expect(reader.fetch(positions.slice(1), read)).rejects.toMatchObject({ code: 'unknown-topic' });
    const [slice] = await reader.fetch(positions.slice(0, 1), read);
    expect(texts(slice!.records)).toEqual(['x']);
    await producer.send([{ topic: kept, key: null, value: Buffer.from('y') }]);
    const late = producer.send([{ topic: deleted, key: null, value: Buffer.from('y') }]);
    await expect(late).rejects.toMatchObject({ code: 'unknown-topic' });
  });
});
