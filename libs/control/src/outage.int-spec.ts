import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { ownKafka, testDatabase, type TestDatabase } from '#testing';
import { Outbox } from './outbox.js';
import type { MemberRecord } from './records.js';
import { CONTROL_TOPICS, controlRecord, ensureControlTopics } from './topics.js';
import { ControlView } from './view.js';

const names = { fr: 'n', ar: 'n', en: 'n' };
const member = (name: string, status: MemberRecord['status'] = 'active') =>
  controlRecord({ kind: 'member', id: `urn:wasl:dz:${name}`, parent: null, names, status });

let broker: Awaited<ReturnType<typeof ownKafka>>;
let database: TestDatabase;
let pool: Pool;
let producer: KafkaProducer;
let outbox: Outbox;
let view: ControlView;
let admin: TopicAdmin;

beforeAll(async () => {
  broker = await ownKafka();
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url });
  await pool.query(Outbox.TABLE_DDL);
  const settings = { brokers: broker.kafka.brokers, clientId: 'outage-spec' };
  admin = new TopicAdmin(settings);
  producer = new KafkaProducer(settings);
  view = new ControlView(settings);
  outbox = new Outbox({ pool, schema: 'public', producer });
  outbox.start();
});
afterAll(async () => {
  await view.stop();
  await outbox.stop();
  await producer.disconnect();
  await pool.end();
  await database.drop();
  broker.remove();
});

describe('an outage of Kafka', () => {
  it('is waited out at start, topics included', async () => {
    await expect(view.start({ waitMs: 500 })).rejects.toMatchObject({ code: 'unavailable' });
    await ensureControlTopics(admin);
    await vi.waitFor(() => expect(view.ready).toBe(true), 10_000);
  });

  it('loses nothing and ends with the last state of each key in every view', async () => {
    await commit(member('before'));
    await vi.waitFor(() => expect(view.member('urn:wasl:dz:before')).toBeDefined(), 10_000);
    await broker.kafka.kill();
    for (let i = 0; i < 20; i++) await commit(member(`m${i % 5}`, i < 15 ? 'active' : 'suspended'));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await waiting()).toBe(20);
    expect(view.member('urn:wasl:dz:before')).toBeDefined();
    await broker.kafka.start();
    await vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 40_000, interval: 100 });
    await vi.waitFor(() => {
      for (let i = 0; i < 5; i++) expect(view.member(`urn:wasl:dz:m${i}`)?.status).toBe('suspended');
    }, 20_000);
  });

  it('that loses the topic leaves the view with what is published anew, and no more', async () => {
    await admin.deleteTopics([CONTROL_TOPICS.directory]);
    await vi.waitFor(async () => expect(await admin.list()).not.toContain(CONTROL_TOPICS.directory), 10_000);
    await ensureControlTopics(admin);
    await commit(member('m0'));
    await vi.waitFor(() => expect(view.member('urn:wasl:dz:m1')).toBeUndefined(), 30_000);
    expect(view.member('urn:wasl:dz:m0')?.status).toBe('active');
    expect(view.ready).toBe(true);
  });
});

async function commit(record: ReturnType<typeof member>): Promise<void> {
  const client = await pool.connect();
  await client.query('begin');
  await outbox.enqueue(client, [record]);
  await client.query('commit');
  client.release();
  outbox.kick();
}

async function waiting(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from outbox');
  return rows[0]?.count as number;
}
