import { afterAll, beforeAll, expect, it } from 'vitest';
import { USE_TOPIC, useRecord, type ContractUse } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { CONSUMER, type Json, PUBLISHER } from '../../spec-harness.js';
import { LifecycleRegistry } from '../spec-lifecycle.js';

const TOPIC = 'use.counted.v1';
let lifecycle: LifecycleRegistry;
let producer: KafkaProducer;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
  const kafka = { brokers: lifecycle.registry.env['KAFKA_BROKERS']!.split(','), clientId: 'spec' };
  await new TopicAdmin(kafka).ensureTopics([{ topic: USE_TOPIC, partitions: 1, config: {} }]);
  producer = new KafkaProducer(kafka);
  await producer.connect();
  await lifecycle.govern(TOPIC);
  await lifecycle.registry.startInstance();
});
afterAll(async () => {
  await producer.disconnect();
  await lifecycle.stop();
});

const today = new Date().toISOString().slice(0, 10);
const used = (use: Partial<ContractUse>): ContractUse => ({
  ...{ topic: TOPIC, version: 1, system: CONSUMER, way: 'consume', day: today, messages: 1 },
  ...use,
});

async function total(): Promise<number> {
  const { rows } = await lifecycle.registry.pool.query<{ sum: string }>(
    'select coalesce(sum(messages), 0) as sum from contract_use',
  );
  return Number(rows[0]!.sum);
}

it('adds up what the gateways tell, once, with two instances, past records that are broken', async () => {
  const uses = Array.from({ length: 50 }, (_, n) => used({ version: 1 + (n % 2), messages: n + 1 }));
  await producer.send([
    ...uses.map(useRecord),
    { topic: USE_TOPIC, key: 'k', value: Buffer.from('{') },
    { topic: USE_TOPIC, key: 'k', value: Buffer.from('{"topic":"x","version":-1}') },
    useRecord(used({ system: PUBLISHER, way: 'publish', messages: 7 })),
  ]);
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await total()) < 1_282;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  // What a second reading of the same records would add, it would add now.
  await producer.send([useRecord(used({ day: '2020-01-01', messages: 3 }))]);
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await total()) < 1_285;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await total()).toBe(1_285);
  const { consumers, publishers }: Json = (
    await lifecycle.call('GET', `${TOPIC}/consumers`, { as: PUBLISHER })
  ).body;
  expect(consumers).toMatchObject([
    {
      system: CONSUMER,
      use: [
        { version: 1, lastUsed: today, messages: 628 },
        { version: 2, lastUsed: today, messages: 650 },
      ],
    },
  ]);
  expect(publishers).toMatchObject([{ system: PUBLISHER, use: [{ version: 1, messages: 7 }] }]);
});
