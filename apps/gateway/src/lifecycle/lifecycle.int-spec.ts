import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUse, USE_TOPIC, type VersionRecord } from '#control';
import { GatewayFixture, until, type Answer } from '../gateway.spec-fixture.js';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await GatewayFixture.start();
});
afterAll(() => fixture.stop());

const PAYLOAD = JSON.stringify({ name: 'x' });
const publish = (version = 1) => fixture.post(fixture.manifest(PAYLOAD, { version }), PAYLOAD);
const cursorOf = (answer: Answer) => answer.headers.get('wasl-cursor') ?? '';

async function become(status: VersionRecord['status'], changes: Partial<VersionRecord> = {}): Promise<void> {
  const version = fixture.contractRecords(fixture.topic)[1] as VersionRecord;
  await fixture.control({ ...version, status, since: '2026-11-20T00:00:00Z', ...changes });
}
const ENDING: Partial<VersionRecord> = {
  sunset: '2027-06-30T00:00:00Z',
  successor: { topic: 'people.person.v2' },
};
const HEADERS = { deprecation: '@1795132800', sunset: 'Wed, 30 Jun 2027 00:00:00 GMT' };
const SUCCESSOR = '</v1/topics/people.person.v2/messages>; rel="successor-version"';

describe('a version that is deprecated', () => {
  it('says so with each receipt and each page, and works on', async () => {
    const before = await publish();
    expect(before.status).toBe(201);
    expect(before.headers.has('deprecation')).toBe(false);
    expect((await fixture.pull()).headers.has('sunset')).toBe(false);

    await become('deprecated', ENDING);
    const manifest = fixture.manifest(PAYLOAD);
    let receipt = await fixture.post(manifest, PAYLOAD);
    await until(async () => (receipt = await fixture.post(manifest, PAYLOAD)).headers.has('deprecation'));
    // A repetition, so 200 by now.
    expect(receipt.status).toBe(200);
    const page = await fixture.pull();
    for (const { headers } of [receipt, page]) expect(Object.fromEntries(headers)).toMatchObject(HEADERS);
    expect(receipt.headers.get('link')).toBe(SUCCESSOR);
    expect(page.headers.get('link')).toContain('rel="next"');
    expect(page.headers.get('link')).toContain(SUCCESSOR);
    const empty = await fixture.pull(`after=${cursorOf(page)}`);
    expect(empty.lines).toEqual([]);
    expect(Object.fromEntries(empty.headers)).toMatchObject(HEADERS);
  });

  it('is a notice to its consumers and its owner, and to nobody else', async () => {
    const get = (of = fixture.consumer, roles = ['consumer'], query = '') =>
      fixture.get(`/v1/notices${query}`, of, roles);
    const mine = await get();
    expect(mine.status).toBe(200);
    expect(mine.lines).toMatchObject([
      { type: 'wasl.contract.version.deprecated', data: { topic: fixture.topic, version: 1, ...ENDING } },
    ]);
    expect((await get(fixture.publisher, ['publisher'])).text).toBe(mine.text);
    expect((await get(fixture.stranger)).lines).toEqual([]);
    expect((await get(fixture.consumer, ['consumer'], '?since=2026-11-21T00:00:00Z')).lines).toEqual([]);
    expect((await get(fixture.consumer, ['consumer'], '?since=x')).status).toBe(400);
    expect((await fetch(`${fixture.gateway.url}/v1/notices`)).status).toBe(401);
    const token = await fixture.accessToken(fixture.consumer, ['consumer']);
    const again = await fetch(`${fixture.gateway.url}/v1/notices`, {
      headers: { authorization: `Bearer ${token}`, 'if-none-match': mine.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
  });
});

describe('a version that is retired', () => {
  it('is refused, and pages of what was written before say that it is over', async () => {
    await become('retired', ENDING);
    let answer = await publish();
    await until(async () => (answer = await publish()).status !== 201);
    expect(answer).toMatchObject({ status: 422, body: { code: 'unknown-contract-version' } });
    expect(Object.fromEntries((await fixture.pull()).headers)).toMatchObject(HEADERS);
  });
});

describe('use', () => {
  it('is told by version and system when the gateway ends', async () => {
    const extra = await fixture.another();
    await become('active');
    await until(async () => (await publish()).status === 201);
    const url = extra.url;
    await until(async () => (await fixture.post(fixture.manifest(PAYLOAD), PAYLOAD, { url })).status === 201);
    await fixture.get(`/v1/topics/${fixture.topic}/messages?limit=3`, fixture.consumer, ['consumer'], url);
    await extra.close();
    const uses = (await fixture.records(USE_TOPIC)).map(({ value }) => parseUse(value!));
    expect(uses.every(({ topic, version }) => topic === fixture.topic && version === 1)).toBe(true);
    expect(uses.map(({ way, system, messages }) => [way, system, messages])).toEqual(
      expect.arrayContaining([
        ['publish', fixture.publisher.system, 1],
        ['consume', fixture.consumer.system, 3],
      ]),
    );
  });
});
