import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { controlRecord, ensureControlTopics } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { projectFile } from '#service';
import { ownKafka } from '#testing';
import { BUS, GatewayFixture, until } from './gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

const payload = '{"name":"Amina"}';
const ready = async (url = fixture.gateway.url) => (await fetch(`${url}/health/ready`)).status;

describe('readiness', () => {
  it('holds while the gateway can sign, produce, write, and knows the control plane', async () => {
    expect(await ready()).toBe(200);
  });

  it('ends when the signing key of the gateway is no longer in force', async () => {
    await fixture.control(fixture.keyRecord(fixture.bus, { status: 'compromised' }));
    await until(async () => (await ready()) === 503);
    await fixture.control(fixture.keyRecord(fixture.bus));
    await until(async () => (await ready()) === 200);
  });

  it.each([
    ['compromised', { status: 'compromised' as const }],
    ['retired', { status: 'retired' as const }],
    ['past its period', { notAfter: '2021-01-01T00:00:00Z' }],
    ['that of another system', { system: `${BUS}:audit` }],
  ])('ends with every receipt and recorded refusal when that key is %s', async (_, changes) => {
    const before = (await fixture.records('wasl.evidence')).length;
    await fixture.control(fixture.keyRecord(fixture.bus, changes));
    await until(async () => (await ready()) === 503);
    try {
      const acknowledge = fetch(`${fixture.gateway.url}/v1/topics/${fixture.topic}/acknowledgements`, {
        ...{ method: 'POST', body: 'nonsense', headers: { 'content-type': 'application/jose' } },
      });
      const posts = [fixture.manifest(payload), 'nonsense'].map((token) => fixture.post(token, payload));
      for (const answer of await Promise.all(posts)) {
        expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
        expect(answer.headers.get('retry-after')).toBe('10');
        expect(answer.body.evidence).toBeUndefined();
      }
      expect((await acknowledge).status).toBe(503);
      expect(await fixture.records('wasl.evidence')).toHaveLength(before);
    } finally {
      await fixture.control(fixture.keyRecord(fixture.bus));
      await until(async () => (await ready()) === 200);
    }
    expect((await fixture.post(fixture.manifest(payload), payload)).status).toBe(201);
  });
});

describe('without the control plane', () => {
  it('starts anew and goes on with what Kafka knows of it', async () => {
    // No directory and no schema registry run in this suite at all.
    const gateway = await fixture.another();
    try {
      expect((await fixture.post(fixture.manifest(payload), payload, { url: gateway.url })).status).toBe(201);
      const path = `/v1/topics/${fixture.topic}/messages`;
      const page = await fixture.get(path, fixture.consumer, ['consumer'], gateway.url);
      expect(page.lines.length).toBeGreaterThan(0);
    } finally {
      await gateway.close();
    }
  });

  it('refuses nothing for good before it has ever seen it', async () => {
    const own = await ownKafka();
    const brokers = own.kafka.brokers.join(',');
    const gateway = await fixture.another({ KAFKA_BROKERS: brokers, GATEWAY_CONTROL_WAIT_MS: '100' });
    try {
      expect(await ready(gateway.url)).toBe(503);
      const early = await fixture.post(fixture.manifest(payload), payload, { url: gateway.url });
      expect([early.status, early.body.code]).toEqual([503, 'unavailable']);
      expect(early.headers.get('retry-after')).toBe('1');
      const settings = { brokers: own.kafka.brokers, clientId: 'spec' };
      await ensureControlTopics(new TopicAdmin(settings));
      const producer = new KafkaProducer(settings);
      await producer.connect();
      await producer.send([controlRecord(fixture.keyRecord(fixture.bus))]);
      await producer.disconnect();
      const answer = () => fixture.post(fixture.manifest(payload), payload, { url: gateway.url });
      await until(async () => (await answer()).body.code === 'unknown-key', 20_000);
    } finally {
      await gateway.close();
      own.remove();
    }
  });
});

describe('operations', () => {
  it('counts submissions by outcome', async () => {
    await fixture.post(fixture.manifest(payload), payload);
    await fixture.post('nonsense', payload);
    const metrics = await (await fetch(`${fixture.gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/wasl_submissions_total\{outcome="accepted"[^}]*\} [1-9]/);
    expect(metrics).toMatch(/wasl_submissions_total\{outcome="malformed-manifest"[^}]*\} [1-9]/);
    expect(metrics).toContain('wasl_intake_stage_seconds_bucket');
  });

  it('serves its OpenAPI document, and every operation in it', async () => {
    const document = parse(readFileSync(projectFile('apps/gateway/openapi.yaml'), 'utf8')) as {
      paths: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
    };
    expect(await (await fetch(`${fixture.gateway.url}/openapi.json`)).json()).toEqual(document);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (method === 'parameters') continue;
        const url = `${fixture.gateway.url}${path.replaceAll(/\{\w+\}/g, 'x.y.v1')}`;
        const { status } = await fetch(url, { method: method.toUpperCase() });
        // Without credentials: refused as documented, not unknown.
        expect([path, method, status]).not.toContain(404);
        expect(Object.keys(operation.responses ?? {})).toContain(String(status));
      }
    }
  });
});
