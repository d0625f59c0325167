import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { v7 } from 'uuid';
import { TopicAdmin } from '#kafka';
import { GatewayFixture, until } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

const payload = '{"name":"Amina"}';

async function sql(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: fixture.env['DATABASE_URL']! });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}
const copies = async (id: string) =>
  (await fixture.records(fixture.topic)).filter(({ headers }) => headers.get('ce_id')?.toString() === id);

/** Takes the mark away, once it is written, that the batch of a message is in Kafka. */
async function forgetBatch(id: string): Promise<void> {
  const batch = `select batch_id from gateway.submission where message_id = '${id}'`;
  await until(async () => (await sql(`select from gateway.batch where batch_id in (${batch})`)).length > 0);
  await sql(`delete from gateway.batch where batch_id in (${batch})`);
}

describe('a reservation without its record', () => {
  it('is completed by the next attempt with the receipt that was reserved, produced once', async () => {
    const jti = v7();
    const { text } = await fixture.post(fixture.manifest(payload, { jti }), payload);
    // What a kill between reservation and produce leaves: a row whose batch nobody marked. The topic holds the
    // record here, so a second copy shows that it was produced again.
    await forgetBatch(jti);
    const retry = await fixture.post(fixture.manifest(payload, { jti }), payload);
    expect([retry.status, retry.text]).toEqual([200, text]);
    const [first, second, ...others] = await copies(jti);
    expect(others).toEqual([]);
    const headers = (record: typeof first) =>
      Object.fromEntries(
        [...(record?.headers ?? [])].map(([name, value]) => [name, value.toString('latin1')]),
      );
    expect(headers(second)).toEqual(headers(first));
    expect(second?.value).toEqual(first?.value);
    // Afterwards it is known to be there.
    expect((await fixture.post(fixture.manifest(payload, { jti }), payload)).status).toBe(200);
    expect(await copies(jti)).toHaveLength(2);
  });

  it('has no receipt to show until it is completed', async () => {
    const jti = v7();
    await fixture.post(fixture.manifest(payload, { jti }), payload);
    const show = () => fixture.get(`/v1/messages/${jti}/receipt`, fixture.publisher, ['publisher']);
    expect((await show()).status).toBe(200);
    await forgetBatch(jti);
    expect((await show()).status).toBe(404);
  });
});

describe('without Kafka', () => {
  it('answers 503 with Retry-After to messages and refusals, loses nothing, and recovers by itself', async () => {
    const jti = v7();
    await fixture.kafka.kill();
    try {
      const [message, refusal, ready] = await Promise.all([
        fixture.post(fixture.manifest(payload, { jti }), payload),
        fixture.post(fixture.manifest(payload, { version: 9 }), payload),
        fetch(`${fixture.gateway.url}/health/ready`),
      ]);
      for (const answer of [message, refusal]) {
        expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(answer.body.evidence).toBeUndefined();
      }
      expect(ready.status).toBe(503);
    } finally {
      await fixture.kafka.start();
    }
    let answer = await fixture.post(fixture.manifest(payload, { jti }), payload);
    await until(
      async () => (answer = await fixture.post(fixture.manifest(payload, { jti }), payload)).status < 300,
      30_000,
    );
    // The id was reserved by the attempt that failed.
    expect(answer.status).toBe(200);
    const [record] = await copies(jti);
    expect(record?.headers.get('wasl-evidence')?.toString()).toBe(answer.body.evidence);
    await until(async () => (await fetch(`${fixture.gateway.url}/health/ready`)).status === 200);
  });
});

describe('without PostgreSQL', () => {
  it('answers 503 and keeps nothing half-done', async () => {
    const jti = v7();
    await sql('alter table gateway.submission rename to hidden');
    const answer = await fixture.post(fixture.manifest(payload, { jti }), payload);
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    expect(await copies(jti)).toEqual([]);
    await sql('alter table gateway.hidden rename to submission');
    expect((await fixture.post(fixture.manifest(payload, { jti }), payload)).status).toBe(201);
    expect(await copies(jti)).toHaveLength(1);
  });
});

describe('a topic deleted by hand', () => {
  it('is made anew, and messages are taken again', async () => {
    await new TopicAdmin({ brokers: fixture.kafka.brokers, clientId: 'spec' }).deleteTopics([fixture.topic]);
    const jti = v7();
    const send = () => fixture.post(fixture.manifest(payload, { jti }), payload);
    await until(async () => (await send()).status < 300, 30_000);
    expect(await copies(jti)).toHaveLength(1);
  });
});

describe('more than it can hold', () => {
  it('is answered 429 with Retry-After, and nothing that was taken is lost', async () => {
    const small = await fixture.another({ GATEWAY_MAX_PENDING: '5' });
    try {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () =>
          fixture.post(fixture.manifest(payload), payload, { url: small.url }),
        ),
      );
      const full = answers.filter(({ status }) => status === 429);
      expect(full.length).toBeGreaterThan(0);
      expect(full.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
      const taken = answers.filter(({ status }) => status === 201);
      expect(taken.length + full.length).toBe(100);
      const evidence = new Set(
        (await fixture.records(fixture.topic)).map(({ headers }) => headers.get('wasl-evidence')?.toString()),
      );
      expect(taken.every(({ body }) => evidence.has(body.evidence))).toBe(true);
    } finally {
      await small.close();
    }
  });
});

describe('closing', () => {
  it('finishes what was taken', async () => {
    const gateway = await fixture.another();
    const sent = Array.from({ length: 50 }, () =>
      fixture.post(fixture.manifest(payload), payload, { url: gateway.url }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [answers] = await Promise.all([Promise.allSettled(sent), gateway.close()]);
    const evidence = new Set(
      (await fixture.records(fixture.topic)).map(({ headers }) => headers.get('wasl-evidence')?.toString()),
    );
    const accepted = answers.flatMap((a) =>
      a.status === 'fulfilled' && a.value.status === 201 ? [a.value] : [],
    );
    expect(accepted.every(({ body }) => evidence.has(body.evidence))).toBe(true);
  });
});

describe('retention', () => {
  it('forgets old ids in bounded chunks and keeps the marks of batches longer', async () => {
    const { SubmissionStore } = await import('./submission.store.js');
    const { createPool } = await import('#service');
    const pool = createPool(fixture.env['DATABASE_URL']!, 'gateway');
    try {
      await pool.query('truncate submission, batch');
      await pool.query(
        `insert into submission select 'urn:s', gen_random_uuid(), 'm', 'e', gen_random_uuid(),
           now() - case when n <= 12000 then interval '8 days' else interval '6 days' end from generate_series(1, 12010) n`,
      );
      const { rows } = await pool.query<{ batch_id: string }>(
        `insert into batch select gen_random_uuid(), now() - (n + 0.5) * interval '1 day' from generate_series(6, 9) n
         returning batch_id`,
      );
      const store = new SubmissionStore(pool);
      expect(await store.prune(new Date(Date.now() - 7 * 86_400_000))).toBe(12_000 + 2);
      expect((await pool.query('select from submission')).rowCount).toBe(10);
      // The gateway goes on marking batches of its own meanwhile.
      const ids = rows.map((row) => row.batch_id);
      expect((await pool.query('select from batch where batch_id = any($1)', [ids])).rowCount).toBe(2);
    } finally {
      await pool.end();
    }
  });
});
