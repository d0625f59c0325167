import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER, PUBLISHER, STEWARD, STRANGER } from '../spec-harness.js';
import { inDays, type LifecycleCall, LifecycleRegistry, V1, V2 } from './spec-lifecycle.js';

let lifecycle: LifecycleRegistry;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
});
afterAll(() => lifecycle.stop());

const call = (method: string, path: string, options?: LifecycleCall) => lifecycle.call(method, path, options);
const topicWith = (...schemas: object[]) => lifecycle.topicWith(...schemas);
const statuses = (topic: string) => lifecycle.statuses(topic);

describe('a version', () => {
  it('is active once it is registered, with or without review', async () => {
    const topic = await topicWith(V1);
    expect((await call('GET', topic)).body.versions).toEqual([{ topic, version: 1, status: 'active' }]);
    await lifecycle.activated(topic, V2);
    expect(await statuses(topic)).toEqual(['1 active', '2 active']);
  });

  it('is deprecated with a sunset and a successor, and told so to the bus, once', async () => {
    const topic = await topicWith(V1, V2);
    const body = { sunset: inDays(60), successor: { topic, version: 2 } };
    const deprecate = (as = PUBLISHER) => call('POST', `${topic}/versions/1/deprecate`, { as, body });
    const first = await deprecate();
    expect(first).toMatchObject({ status: 200, body: { topic, version: 1, status: 'deprecated', ...body } });
    const again = await deprecate();
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect((await call('GET', topic)).body.versions[0]).toEqual(first.body);

    const record = (await lifecycle.versionRecords(topic, 3)).at(-1);
    expect(record).toMatchObject({ version: 1, status: 'deprecated', schema: JSON.stringify(V1), ...body });
    expect(record.since).toBe(first.body.since);
    const evidence = (await lifecycle.evidence(topic, 2)).filter(
      ({ name }) => name === 'ContractVersionDeprecated',
    );
    expect(evidence).toMatchObject([{ by: PUBLISHER, version: 1, from: 'active', ...body }]);
  });

  it('says so wherever it is looked up by subject and version', async () => {
    const topic = await topicWith(V1, V2);
    const body = { sunset: '2028-06-30T00:00:00Z', successor: { topic, version: 2 } };
    await call('POST', `${topic}/versions/1/deprecate`, { as: PUBLISHER, body });
    const path = `/subjects/${topic}-value/versions`;
    for (const deprecated of [`${path}/1`, `${path}/1/schema`]) {
      const { headers } = await lifecycle.registry.call('GET', deprecated);
      expect(headers.get('deprecation')).toMatch(/^@\d{10}$/);
      expect(headers.get('sunset')).toBe('Fri, 30 Jun 2028 00:00:00 GMT');
      expect(headers.get('link')).toBe(`<${path}/2>; rel="successor-version"`);
    }
    const latest = await lifecycle.registry.call('GET', `${path}/latest`);
    expect(latest.headers.has('deprecation')).toBe(false);
  });

  it.each<[string, string | undefined, object, number, string]>([
    ['nobody', undefined, { sunset: inDays(60) }, 401, 'not-authenticated'],
    ['a consumer', CONSUMER, { sunset: inDays(60) }, 403, 'not-allowed'],
    ['a publisher of another member', STRANGER, { sunset: inDays(60) }, 403, 'not-allowed'],
    ['its owner without a sunset', PUBLISHER, {}, 400, 'malformed-request'],
    ['its owner with no date', PUBLISHER, { sunset: 'soon' }, 400, 'malformed-request'],
    ['its owner with a sunset in the past', PUBLISHER, { sunset: inDays(-1) }, 400, 'invalid-request'],
    ['its owner at short notice', PUBLISHER, { sunset: inDays(29) }, 400, 'invalid-request'],
    ['a steward with a sunset in the past', STEWARD, { sunset: inDays(-1) }, 400, 'invalid-request'],
    ['a steward in a century', STEWARD, { sunset: inDays(36_500) }, 400, 'invalid-request'],
  ])('is not deprecated by %s', async (_, as, body, status, code) => {
    const topic = await topicWith(V1);
    const answer = await call('POST', `${topic}/versions/1/deprecate`, {
      ...(as === undefined ? {} : { as }),
      body,
    });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await statuses(topic)).toEqual(['1 active']);
  });

  it.each<[string, (topic: string) => object]>([
    ['itself', (topic) => ({ topic, version: 1 })],
    ['its own topic', (topic) => ({ topic })],
    ['a version that is not there', (topic) => ({ topic, version: 9 })],
    ['another contract', () => ({ topic: 'versions.other.v2' })],
    ['a major that is not there', (topic) => ({ topic: topic.replace('.v1', '.v2') })],
  ])('has no successor such as %s', async (_, successor) => {
    const topic = await topicWith(V1);
    const body = { sunset: inDays(60), successor: successor(topic) };
    const answer = await call('POST', `${topic}/versions/1/deprecate`, { as: PUBLISHER, body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/successor' }] } });
  });

  it('is not there, or none at all', async () => {
    const topic = await topicWith(V1);
    const body = { sunset: inDays(60) };
    for (const version of ['2', '0', '-1', 'latest', '99999999999', '1.5'])
      expect(
        (await call('POST', `${topic}/versions/${version}/deprecate`, { as: PUBLISHER, body })).status,
      ).toBe(404);
    const elsewhere = await call('POST', `versions.nothing.v1/versions/1/deprecate`, { as: PUBLISHER, body });
    expect(elsewhere.status).toBe(404);
  });

  it('keeps the sunset that was promised, or a later one; only a steward brings it forward', async () => {
    const topic = await topicWith(V1);
    const deprecate = async (as: string, days: number) =>
      (await call('POST', `${topic}/versions/1/deprecate`, { as, body: { sunset: inDays(days) } })).status;
    expect(await deprecate(PUBLISHER, 100)).toBe(200);
    expect(await deprecate(PUBLISHER, 90)).toBe(403);
    expect(await deprecate(PUBLISHER, 110)).toBe(200);
    expect(await deprecate(STEWARD, 10)).toBe(200);
  });

  it('is retired after its sunset by its owner, before it by a steward with a reason', async () => {
    const topic = await topicWith(V1, V2);
    const retire = (as: string, version: number, body: object = {}) =>
      call('POST', `${topic}/versions/${version}/retire`, { as, body });
    expect(await retire(PUBLISHER, 1, { reason: 'r' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    await call('POST', `${topic}/versions/1/deprecate`, { as: PUBLISHER, body: { sunset: inDays(60) } });
    expect(await retire(PUBLISHER, 1)).toMatchObject({ status: 409 });
    expect(await retire(STEWARD, 1)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/reason' }] },
    });
    const retired = await retire(STEWARD, 1, { reason: 'It leaks names' });
    expect(retired).toMatchObject({ status: 200, body: { status: 'retired' } });
    expect(await retire(STEWARD, 1, { reason: 'It leaks names' })).toMatchObject({
      status: 200,
      body: retired.body,
    });

    await call('POST', `${topic}/versions/2/deprecate`, { as: PUBLISHER, body: { sunset: inDays(60) } });
    await lifecycle.registry.pool.query(
      `update contract_version_state set sunset = now() - interval '1 minute' where topic = $1 and version = 2`,
      [topic],
    );
    expect(await retire(STRANGER, 2)).toMatchObject({ status: 403 });
    expect(await retire(PUBLISHER, 2)).toMatchObject({ status: 200, body: { status: 'retired' } });
    expect((await lifecycle.versionRecords(topic, 6)).slice(-1)).toMatchObject([
      { version: 2, status: 'retired' },
    ]);
    const reasons = (await lifecycle.evidence(topic, 5)).filter(
      ({ name }) => name === 'ContractVersionRetired',
    );
    expect(reasons.map(({ reason, by }) => [reason, by])).toEqual([
      ['It leaks names', STEWARD],
      [undefined, PUBLISHER],
    ]);
  });

  it('is changed only by those who have seen it, if they say what they saw', async () => {
    const topic = await topicWith(V1);
    const deprecate = (days: number, ifMatch: string) =>
      call('POST', `${topic}/versions/1/deprecate`, { as: STEWARD, body: { sunset: inDays(days) }, ifMatch });
    expect((await deprecate(60, '"7"')).status).toBe(412);
    const etag = (await deprecate(60, '"0"')).headers.get('etag')!;
    expect((await deprecate(70, etag)).status).toBe(200);
    expect((await deprecate(80, etag)).status).toBe(412);
  });

  it('is re-activated by a steward', async () => {
    const topic = await topicWith(V1);
    await call('POST', `${topic}/versions/1/deprecate`, { as: PUBLISHER, body: { sunset: inDays(60) } });
    const reactivate = (as: string) => call('POST', `${topic}/versions/1/reactivate`, { as });
    expect(await reactivate(PUBLISHER)).toMatchObject({ status: 403 });
    const active = await reactivate(STEWARD);
    expect(active).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(active.body).not.toHaveProperty('sunset');
    expect(await reactivate(STEWARD)).toMatchObject({ status: 200, body: active.body });
    expect(await statuses(topic)).toEqual(['1 active']);
    expect((await lifecycle.versionRecords(topic, 3)).at(-1)).toMatchObject({ version: 1, status: 'active' });
    const evidence = (await lifecycle.evidence(topic, 3)).filter(
      ({ name }) => name === 'ContractVersionReactivated',
    );
    expect(evidence).toMatchObject([{ by: STEWARD, version: 1, from: 'deprecated' }]);
  });
});

describe('a roll-back', () => {
  it('registers an older content once more, with its id, and is one act however often it is asked for', async () => {
    const topic = await topicWith(V1, V2);
    const { registry } = lifecycle;
    const id = async (version: number | string) =>
      (await registry.call('GET', `/subjects/${topic}-value/versions/${version}`)).body.id;
    await call('POST', `${topic}/versions/1/retire`, { as: STEWARD, body: { reason: 'too early' } });
    const reactivate = () => call('POST', `${topic}/versions/1/reactivate`, { as: STEWARD });
    const back = await reactivate();
    expect(back).toMatchObject({ status: 200, body: { version: 1, status: 'active' } });
    expect(await reactivate()).toMatchObject({ status: 200, body: back.body });
    expect(await statuses(topic)).toEqual(['1 active', '2 active', '3 active']);
    expect(await id('latest')).toBe(await id(1));
    expect(await id(3)).not.toBe(await id(2));
    const evidence = (await lifecycle.evidence(topic, 3)).filter(
      ({ name }) => name === 'ContractVersionReactivated',
    );
    expect(evidence).toMatchObject([{ by: STEWARD, version: 1, from: 'retired', as: 3 }]);
  });

  it('works for a version that was never deprecated, and although the way back is incompatible', async () => {
    const topic = await topicWith({ type: 'string' });
    const force = `/subjects/${topic}-value/versions?force=true`;
    const other = { as: STEWARD, body: { schemaType: 'JSON', schema: '{"type":"integer"}' } };
    expect((await lifecycle.registry.call('POST', force, other)).status).toBe(200);
    expect((await call('POST', `${topic}/versions/1/reactivate`, { as: STEWARD })).status).toBe(200);
    const latest = await lifecycle.registry.call('GET', `/subjects/${topic}-value/versions/latest/schema`);
    expect(latest.body).toEqual({ type: 'string' });
  });

  it('is exact, and adds nothing when asked for again: metadata and rules of the newest are not taken over', async () => {
    const topic = await topicWith(V1);
    const { registry } = lifecycle;
    const path = `/subjects/${topic}-value/versions`;
    const extras = {
      metadata: { properties: { bad: 'yes' } },
      ruleSet: { domainRules: [{ name: 'r', type: 'CEL', kind: 'CONDITION', mode: 'WRITE', expr: 'true' }] },
    };
    const body = { schemaType: 'JSON', schema: JSON.stringify(V2), ...extras };
    expect((await registry.call('POST', path, { as: STEWARD, body })).status).toBe(200);
    const reactivate = () => call('POST', `${topic}/versions/1/reactivate`, { as: STEWARD });
    const [back, ...again] = [await reactivate(), await reactivate(), await reactivate()];
    expect(back).toMatchObject({ status: 200, body: { version: 1, status: 'active' } });
    for (const answer of again) expect(answer).toMatchObject({ status: 200, body: back.body });
    expect((await registry.call('GET', path)).body).toEqual([1, 2, 3]);
    const [first, latest] = await Promise.all(
      ['1', 'latest'].map(async (version) => (await registry.call('GET', `${path}/${version}`)).body),
    );
    expect({ ...latest, version: 1, ts: first.ts }).toEqual(first);
    const records = await lifecycle.versionRecords(topic, 3);
    const { id, guid, sha256 } = records[0];
    expect(records.at(-1)).toMatchObject({ version: 3, id, guid, sha256, status: 'active' });
    const evidence = (await lifecycle.evidence(topic, 2)).filter(
      ({ name }) => name === 'ContractVersionReactivated',
    );
    expect(evidence).toMatchObject([{ by: STEWARD, version: 1, as: 3 }]);
  });

  it('is refused where the subject is read only', async () => {
    const topic = await topicWith(V1, V2);
    const { registry } = lifecycle;
    const mode = { as: STEWARD, body: { mode: 'READONLY' } };
    expect((await registry.call('PUT', `/mode/${topic}-value`, mode)).status).toBe(200);
    const refused = await call('POST', `${topic}/versions/1/reactivate`, { as: STEWARD });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid-schema' } });
    expect(await statuses(topic)).toEqual(['1 active', '2 active']);
  });

  it('by review gives an older content a new number too', async () => {
    const topic = await topicWith(V1, V2);
    expect(await lifecycle.activated(topic, V1)).toMatchObject({ status: 200, body: { version: 3 } });
  });
});

describe('a version that is deleted for good', () => {
  it('leaves nothing to the one that gets its number', async () => {
    const topic = await topicWith(V1);
    const { registry } = lifecycle;
    await call('POST', `${topic}/versions/1/deprecate`, { as: STEWARD, body: { sunset: inDays(60) } });
    const path = `/subjects/${topic}-value/versions/1`;
    expect((await registry.call('DELETE', path, { as: STEWARD })).status).toBe(200);
    expect((await registry.call('DELETE', `${path}?permanent=true`, { as: STEWARD })).status).toBe(200);
    expect(await statuses(topic)).toEqual([]);
    await registry.register(`${topic}-value`, V2);
    expect(await statuses(topic)).toEqual(['1 active']);
  });
});

describe('a version that is deleted softly', () => {
  const remove = async (topic: string, version: number, query = '') =>
    (
      await lifecycle.registry.call('DELETE', `/subjects/${topic}-value/versions/${version}${query}`, {
        as: STEWARD,
      })
    ).status;

  it('is told to the bus as retired, since when', async () => {
    const topic = await topicWith(V1);
    const before = Date.now();
    expect(await remove(topic, 1)).toBe(200);
    const record = (await lifecycle.versionRecords(topic, 2)).at(-1);
    expect(record).toMatchObject({ version: 1, status: 'retired' });
    expect(Date.parse(record.since)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(record.since)).toBeLessThanOrEqual(Date.now());
  });

  it('keeps its number, so that the next draft is planned and approved after it', async () => {
    const topic = await topicWith(V1, V2);
    expect(await remove(topic, 2)).toBe(200);
    const next = { ...V1, title: 'Third' };
    const body = { schema: JSON.stringify(next) };
    const plan = await call('POST', `${topic}/plan`, { as: PUBLISHER, body });
    expect(plan).toMatchObject({ status: 200, body: { change: 'compatible', version: 3 } });
    expect(await lifecycle.activated(topic, next)).toMatchObject({ status: 200, body: { version: 3 } });
    expect(await statuses(topic)).toEqual(['1 active', '3 active']);
    // The first of all versions alike.
    const only = await topicWith(V1);
    expect(await remove(only, 1)).toBe(200);
    expect(await lifecycle.activated(only, V2)).toMatchObject({ status: 200, body: { version: 2 } });
  });

  it('leaves nothing to the one that gets its number, though it gave way to a newer one of its content', async () => {
    const topic = await topicWith(V1);
    const retire = { as: STEWARD, body: { reason: 'too early' } };
    expect((await call('POST', `${topic}/versions/1/retire`, retire)).status).toBe(200);
    expect(await remove(topic, 1)).toBe(200);
    // Comes back as version 2, and nothing is left of version 1 …
    await lifecycle.registry.register(`${topic}-value`, V1);
    expect(await statuses(topic)).toEqual(['2 active']);
    // … whose number is free again once there is no version at all.
    expect(await remove(topic, 2)).toBe(200);
    expect(await remove(topic, 2, '?permanent=true')).toBe(200);
    await lifecycle.registry.register(`${topic}-value`, V2);
    expect(await statuses(topic)).toEqual(['1 active']);
  });
});
