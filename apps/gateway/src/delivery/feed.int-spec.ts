import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { parseManifest, payloadDigest } from '#protocol';
import { GatewayFixture, until, type Answer } from '../gateway.spec-fixture.js';
import { encodeCursor } from './cursor.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

async function publish(count: number, name = 'x'): Promise<string[]> {
  const payload = JSON.stringify({ name });
  const ids = Array.from({ length: count }, () => v7());
  const answers = await Promise.all(
    ids.map((jti, n) => fixture.post(fixture.manifest(payload, { jti, key: `k${n}` }), payload)),
  );
  expect(answers.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
  return ids;
}
const cursorOf = (answer: Answer) => answer.headers.get('wasl-cursor') ?? '';

async function end(): Promise<string> {
  let page = await fixture.pull('limit=1000');
  while (page.lines.length > 0) page = await fixture.pull(`limit=1000&after=${cursorOf(page)}`);
  return cursorOf(page);
}

/** Waits until the gateway sees a change of rights, with a page each time. */
async function pulledWith(code: string | undefined): Promise<Answer> {
  let page = await fixture.pull();
  await until(async () => (page = await fixture.pull()).body.code === code);
  return page;
}

describe('a page', () => {
  it('holds CloudEvents with payload, signatures and position, in order, and says where to go on', async () => {
    const after = await end();
    const ids = await publish(40);
    const page = await fixture.pull(`after=${after}&limit=1000`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('application/x-ndjson');
    expect(page.headers.get('wasl-agreement')).toBe(fixture.agreement);
    expect(page.headers.get('link')).toContain(`after=${cursorOf(page)}`);
    expect(page.lines.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const positions = page.lines.map(({ waslposition = '' }) => waslposition.split(':').map(Number));
    expect(positions).toEqual([...positions].sort(([p = 0, o = 0], [q = 0, r = 0]) => p - q || o - r));
    for (const line of page.lines) {
      const payload = Buffer.from(line['data_base64'] ?? '', 'base64');
      const { claims } = parseManifest(line['waslmanifest'] ?? '');
      expect(payloadDigest(claims.salt, payload)).toBe(claims.digest);
      expect(line).toMatchObject({
        ...{ specversion: '1.0', source: fixture.publisher.system, type: `${fixture.topic}.put` },
        ...{ datacontenttype: 'application/json', partitionkey: claims.key, id: claims.jti },
      });
    }
    expect((await fixture.pull(`after=${cursorOf(page)}`)).lines).toEqual([]);
  });

  it('is never longer than its limit, and following the cursor meets every message once', async () => {
    const after = await end();
    const ids = await publish(60);
    const met: string[] = [];
    for (let cursor = after; ;) {
      const page = await fixture.pull(`after=${cursor}&limit=7`);
      expect(page.lines.length).toBeLessThanOrEqual(7);
      if (page.lines.length === 0) break;
      met.push(...page.lines.map(({ id = '' }) => id));
      cursor = cursorOf(page);
    }
    expect(met).toHaveLength(60);
    expect([...met].sort()).toEqual([...ids].sort());
  });

  it('is bounded in bytes', async () => {
    const after = await end();
    await publish(60, 'x'.repeat(200_000));
    let bytes = 0;
    let pages = 0;
    for (let cursor = after; ; pages++) {
      const page = await fixture.pull(`after=${cursor}&limit=1000`);
      if (page.lines.length === 0) break;
      const size = page.lines.reduce(
        (sum, line) => sum + Buffer.from(line['data_base64'] ?? '', 'base64').length,
        0,
      );
      expect(size).toBeLessThan(5_500_000);
      bytes += size;
      cursor = cursorOf(page);
    }
    expect(bytes).toBeGreaterThan(60 * 200_000);
    expect(pages).toBeGreaterThan(2);
  });

  it('shows a deletion without data', async () => {
    const after = await end();
    await fixture.post(fixture.manifest('', { op: 'delete' }), '');
    const [line] = (await fixture.pull(`after=${after}`)).lines;
    expect(line?.['type']).toBe(`${fixture.topic}.delete`);
    expect(line).not.toHaveProperty('data_base64');
  });
});

describe('a long poll', () => {
  // How long it takes is measured: again, where the machine was busy with something else.
  it('is woken by a message within a moment, and ends empty in time', { retry: 2 }, async () => {
    const after = await end();
    const waiting = Promise.all(Array.from({ length: 20 }, () => fixture.pull(`after=${after}&wait=20`)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const start = Date.now();
    const [id] = await publish(1);
    const pages = await waiting;
    expect(Date.now() - start).toBeLessThan(1_500);
    expect(pages.every(({ lines }) => lines[0]?.['id'] === id)).toBe(true);

    const began = Date.now();
    const empty = await fixture.pull(`after=${cursorOf(pages[0]!)}&wait=1`);
    expect([empty.status, empty.lines.length]).toEqual([200, 0]);
    expect(Date.now() - began).toBeGreaterThanOrEqual(990);
  });

  it('is refused with 429 beyond the bound', async () => {
    const gateway = await fixture.another({ GATEWAY_MAX_WAITING: '1' });
    try {
      const after = await end();
      const path = `/v1/topics/${fixture.topic}/messages?after=${after}&wait=2`;
      const call = () => fixture.get(path, fixture.consumer, ['consumer'], gateway.url);
      const answers = await Promise.all([call(), call()]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
      expect(answers.find(({ status }) => status === 429)?.body.code).toBe('too-many-requests');
    } finally {
      await gateway.close();
    }
  });

  it.each<[string, string, () => Promise<void>, () => Promise<void>]>([
    [
      'its agreement is revoked',
      'no-agreement',
      () => fixture.control(fixture.agreementRecord({ status: 'revoked' })),
      () => fixture.control(fixture.agreementRecord()),
    ],
    [
      'its system is suspended',
      'system-suspended',
      () => fixture.control(fixture.systemRecord(fixture.consumer, ['consumer'], 'suspended')),
      () => fixture.control(fixture.systemRecord(fixture.consumer, ['consumer'])),
    ],
    [
      'its only key is compromised',
      'key-not-active',
      () => fixture.control(fixture.keyRecord(fixture.consumer, { status: 'compromised' })),
      () => fixture.control(fixture.keyRecord(fixture.consumer)),
    ],
    [
      'its agreement runs out',
      'no-agreement',
      () => fixture.control(fixture.agreementRecord({ notAfter: new Date(Date.now() + 500).toISOString() })),
      () => fixture.control(fixture.agreementRecord()),
    ],
  ])('ends within two seconds when %s, with evidence', { retry: 2 }, async (_, code, takeAway, giveBack) => {
    const after = await end();
    const waiting = fixture.pull(`after=${after}&wait=20`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const start = Date.now();
    await takeAway();
    const answer = await waiting;
    const took = Date.now() - start;
    expect(answer.body.code).toBe(code);
    const { event } = await fixture.evidence(answer.body.evidence);
    expect(event).toMatchObject({
      name: 'AccessRefusal',
      body: { recipient: fixture.consumer.system, topic: fixture.topic, reason: code },
    });
    await giveBack();
    expect((await pulledWith(undefined)).status).toBe(200);
    expect(took).toBeLessThan(2_000);
  });
});

describe('who may not', () => {
  it('is refused without an agreement, with evidence', async () => {
    const answer = await fixture.pull('', fixture.stranger);
    expect([answer.status, answer.body.code]).toEqual([403, 'no-agreement']);
    const { event } = await fixture.evidence(answer.body.evidence);
    expect(event).toMatchObject({ name: 'AccessRefusal', body: { recipient: fixture.stranger.system } });
  });

  it.each([
    ['requested only', { status: 'requested' }],
    ['not approved by the publisher', { approvals: { publisher: null, steward: 's' } }],
    ['not begun', { notBefore: '2121-01-01T00:00:00Z' }],
    ['limited to some fields', { fields: ['name'] }],
    ['for another topic', { topic: 'other.topic.v1' }],
  ])('is refused under an agreement that is %s', async (_, changes) => {
    await fixture.control(fixture.agreementRecord(changes));
    expect((await pulledWith('no-agreement')).status).toBe(403);
    await fixture.control(fixture.agreementRecord());
    expect((await pulledWith(undefined)).status).toBe(200);
  });

  it('is refused beyond the daily quota with 429 until midnight', async () => {
    const after = await end();
    await publish(5);
    const nothing = await end();
    await fixture.control(fixture.agreementRecord({ id: `quota-${fixture.run}`, quotaPerDay: 3 }));
    await fixture.control(fixture.agreementRecord({ status: 'suspended' }));
    let page = await fixture.pull(`after=${nothing}`);
    await until(
      async () =>
        (page = await fixture.pull(`after=${after}`)).headers.get('wasl-agreement') !== fixture.agreement,
    );
    let delivered = page.lines.length;
    for (let cursor = cursorOf(page); page.status === 200; cursor = cursorOf(page)) {
      page = await fixture.pull(`after=${cursor}`);
      delivered += page.lines.length;
    }
    expect(delivered).toBe(3);
    expect([page.status, page.body.code]).toEqual([429, 'too-many-requests']);
    expect(Number(page.headers.get('retry-after'))).toBeLessThanOrEqual(86_400);
    await fixture.control(fixture.agreementRecord({ id: `quota-${fixture.run}`, status: 'revoked' }));
    await fixture.control(fixture.agreementRecord());
    await pulledWith(undefined);
  });

  it('is refused without token, with a foreign one, or without the role', async () => {
    const path = `${fixture.gateway.url}/v1/topics/${fixture.topic}/messages`;
    const status = async (authorization?: string) =>
      (await fetch(path, authorization ? { headers: { authorization } } : {})).status;
    expect(await status()).toBe(401);
    expect(await status('Bearer nonsense')).toBe(401);
    expect(await status(`Bearer ${fixture.manifest('')}`)).toBe(401);
    expect(
      (await fixture.get(`/v1/topics/${fixture.topic}/messages`, fixture.publisher, ['publisher'])).status,
    ).toBe(403);
    expect(
      (await fixture.get(`/v1/topics/${fixture.topic}/messages`, fixture.publisher, ['consumer'])).status,
    ).toBe(403);
  });

  it('learns of unknown topics that they are unknown', async () => {
    for (const topic of ['nothing.here.v1', 'wasl.evidence', 'wasl.control.directory', '..%2f..%2fetc']) {
      const answer = await fixture.get(`/v1/topics/${topic}/messages`, fixture.consumer, ['consumer']);
      expect([answer.status, answer.body.code]).toEqual([404, 'unknown-topic']);
    }
  });
});

describe('cursor and query', () => {
  const refused = async (query: string) => {
    const { status, body } = await fixture.pull(query);
    return [status, body.code];
  };
  const positions = (entries: [number, bigint][]) => encodeCursor(fixture.topic, new Map(entries));

  it('are refused when they were not given out here', async () => {
    const cursor = await end();
    const foreign = encodeCursor('other.topic.v1', new Map([[0, 0n]]));
    const flipped = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    for (const bad of [foreign, flipped, 'nonsense', '', `${cursor}=`, positions([[99, 0n]])]) {
      expect(await refused(`after=${bad}`)).toEqual([400, 'invalid-cursor']);
    }
  });

  it('are refused with 410 when the messages are not kept, or not there yet', async () => {
    expect(await refused(`after=${positions([[0, 999_999n]])}`)).toEqual([410, 'cursor-expired']);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=1e2',
    'wait=31',
    'wait=-1',
    'from=0',
    'limit=1&limit=2',
    'after=a&after=b',
  ])('are refused as %s', async (query) => {
    expect(await refused(query)).toEqual([400, 'malformed-request']);
  });
});
