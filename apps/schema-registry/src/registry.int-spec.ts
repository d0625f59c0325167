import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleSchema, canonicalText, readContracts, schemaGuid } from '#contracts';
import { projectFile } from '#service';
import { REFUSED_CALLS } from './spec-refused-calls.js';
import { REFUSED_SCHEMAS } from './spec-refused-schemas.js';
import { CONSUMER, GOVERNANCE, PUBLISHER, STEWARD, STRANGER, TestRegistry, VND } from './spec-harness.js';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(() => registry?.stop());

const TOPIC = 'civil-status.birth.v1';
const SUBJECT = `${TOPIC}-value`;
const MORE = { 'confluent-accept-unknown-properties': 'true' };
const json = (schema: unknown) => ({ schemaType: 'JSON', schema: JSON.stringify(schema) });

describe('an empty registry', () => {
  it('answers probes', async () => {
    expect(await registry.call('GET', '/')).toMatchObject({ status: 200, body: {} });
    expect(await registry.call('POST', '/', { body: {} })).toMatchObject({ status: 200, body: {} });
    expect((await registry.call('GET', '/schemas/types')).body).toEqual(['JSON']);
    expect((await registry.call('GET', '/subjects')).body).toEqual([]);
    expect((await registry.call('GET', '/health/ready')).status).toBe(200);
  });

  it.each(REFUSED_CALLS)('%s %s → %i %i', async (method, path, status, code, message) => {
    const answer = await registry.call(method, path);
    expect(answer.status).toBe(status);
    expect(answer.body.error_code).toBe(code);
    if (typeof message === 'string') expect(answer.body.message).toBe(message);
    else expect(answer.body.message).toMatch(message);
    expect(Object.keys(answer.body).sort()).toEqual(['error_code', 'message']);
    expect(answer.headers.get('content-type')).toContain(VND);
  });
});

describe('media types', () => {
  it.each([
    [undefined, VND],
    ['*/*', VND],
    ['application/json', 'application/json'],
    ['application/vnd.schemaregistry+json, application/json', 'application/vnd.schemaregistry+json'],
    ['application/vnd.schemaregistry.v1+json;q=0.1, application/json;q=0.9', 'application/json'],
    ['text/html, */*;q=0.1', VND],
  ])('Accept %s → %s', async (accept, expected) => {
    const answer = await registry.call('GET', '/subjects', {
      headers: accept === undefined ? {} : { accept },
    });
    expect(answer.headers.get('content-type')?.split(';')[0]).toBe(expected);
  });

  it.each(['text/html', 'application/json;q=0', 'image/*'])('Accept %s → 406', async (accept) => {
    expect(await registry.call('GET', '/subjects', { headers: { accept } })).toMatchObject({
      status: 406,
      body: { error_code: 406, message: 'HTTP 406 Not Acceptable' },
    });
  });

  it('an unknown content type → 415', async () => {
    expect(
      await registry.call('POST', '/subjects/s', { body: 'x', headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({ status: 415, body: { error_code: 415, message: 'HTTP 415 Unsupported Media Type' } });
  });

  it.each([
    VND,
    'application/vnd.schemaregistry+json',
    'application/json; charset=utf-8',
    'application/octet-stream',
  ])('content type %s is read', async (type) => {
    const answer = await registry.call('POST', '/subjects/s', {
      body: json({}),
      headers: { 'content-type': type },
    });
    expect(answer.body.error_code).toBe(40401);
  });

  it.each(['{', '{"schema":1,"schema":2}', ''])('body %j → 400', async (body) => {
    const answer = await registry.call('POST', '/subjects/s', { body, headers: { 'content-type': VND } });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 400 } });
  });

  it('a body of more than 1 MiB → 413', async () => {
    const answer = await registry.call('POST', '/subjects/s', { body: `"${'x'.repeat(1 << 20)}"` });
    expect(answer).toMatchObject({ status: 413, body: { error_code: 413 } });
  });
});

describe('governance', () => {
  const put = (as: string | undefined, body: unknown, topic = TOPIC) =>
    registry.call('PUT', `/v1/contracts/${topic}`, { ...(as === undefined ? {} : { as }), body });

  it.each([
    ['nobody', undefined, GOVERNANCE, 401, 'not-authenticated'],
    ['a consumer', CONSUMER, GOVERNANCE, 403, 'not-allowed'],
    ['another member', STRANGER, GOVERNANCE, 403, 'not-allowed'],
    ['an unknown owner', STEWARD, { ...GOVERNANCE, owner: 'urn:wasl:dz:nobody' }, 400, 'malformed-request'],
    ['another name', PUBLISHER, { ...GOVERNANCE, name: 'civil-status.death' }, 400, 'malformed-request'],
    ['no titles', PUBLISHER, { ...GOVERNANCE, titles: {} }, 400, 'malformed-request'],
    ['an unknown member', PUBLISHER, { ...GOVERNANCE, admin: true }, 400, 'malformed-request'],
    ['not JSON', PUBLISHER, '{', 400, 'malformed-body'],
  ])('by or with %s is refused', async (_name, as, body, status, code) => {
    const answer = await put(as, body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect((await registry.call('GET', `/v1/contracts/${TOPIC}`)).status).toBe(404);
  });

  it('of what is no topic is refused', async () => {
    expect(await put(STEWARD, GOVERNANCE, 'no-topic')).toMatchObject({
      status: 400,
      body: { code: 'malformed-request' },
    });
  });

  it('is published by its owner, once', async () => {
    const first = await put(PUBLISHER, GOVERNANCE);
    expect(first).toMatchObject({ status: 201, body: { ...GOVERNANCE, topic: TOPIC, major: 1 } });
    const again = await put(PUBLISHER, GOVERNANCE);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('wasl-changed')).toBe('false');
    expect(await registry.call('GET', `/v1/contracts/${TOPIC}`)).toMatchObject({
      status: 200,
      body: { ...GOVERNANCE, versions: [] },
    });
    expect((await registry.call('GET', '/v1/contracts')).body).toEqual({ items: [first.body] });
  });

  it('changes, but not its partitions, and not its owner without a steward', async () => {
    const changed = await put(PUBLISHER, { ...GOVERNANCE, purpose: 'Notify births once and for all' });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('wasl-changed')).toBe('true');
    expect(await put(PUBLISHER, { ...GOVERNANCE, partitions: 6 })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    expect(await put(PUBLISHER, { ...GOVERNANCE, owner: 'urn:wasl:dz:education' })).toMatchObject({
      status: 403,
    });
    expect(await put(STRANGER, { ...GOVERNANCE, owner: 'urn:wasl:dz:education' })).toMatchObject({
      status: 403,
    });
    expect((await put(STEWARD, { ...GOVERNANCE, owner: 'urn:wasl:dz:education' })).status).toBe(200);
    expect((await put(STEWARD, GOVERNANCE)).status).toBe(200);
  });

  it('lists in pages', async () => {
    await put(STEWARD, { ...GOVERNANCE, name: 'civil-status.death' }, 'civil-status.death.v1');
    const page = await registry.call('GET', '/v1/contracts?limit=1');
    expect(page.body).toMatchObject({ items: [{ topic: TOPIC }], next: TOPIC });
    expect((await registry.call('GET', `/v1/contracts?limit=1&after=${TOPIC}`)).body.items).toMatchObject([
      { topic: 'civil-status.death.v1' },
    ]);
    expect((await registry.call('GET', '/v1/contracts?limit=0')).status).toBe(400);
  });

  it('reaches the control topic and the evidence, once a change', async () => {
    const topics = (items: { kind: string; topic: string }[]) =>
      items.filter(({ kind, topic }) => kind === 'contract' && topic === TOPIC);
    const records = topics(await registry.control((items) => topics(items).length >= 4));
    expect(records).toHaveLength(4);
    expect(records.at(-1)).toEqual({
      kind: 'contract',
      topic: TOPIC,
      major: 1,
      ...{ name: GOVERNANCE.name, owner: GOVERNANCE.owner, titles: GOVERNANCE.titles },
      ...{ classification: 'P2', purpose: GOVERNANCE.purpose, legalBasis: 'Civil-status law' },
      ...{ deletion: true, partitions: 3 },
    });
    const published = (items: { name: string; sub: string }[]) =>
      items.filter(({ name, sub }) => name === 'ContractPublished' && sub === `urn:wasl:contract:${TOPIC}`);
    const evidence = published(await registry.evidence((items) => published(items).length >= 4));
    expect(evidence).toHaveLength(4);
    expect(evidence[0]).toMatchObject({
      iss: 'urn:wasl:dz:bus:schema-registry',
      by: PUBLISHER,
      owner: GOVERNANCE.owner,
    });
  });
});

describe('registration', () => {
  const [birth] = readContracts(projectFile('schemas')).filter(({ topic }) => topic === TOPIC);
  const schema = bundleSchema({ text: birth!.schemaText, references: birth!.references });
  const text = canonicalText(schema);

  it.each([
    ['nobody', {}, 401, 40101],
    ['a broken token', { headers: { authorization: 'Bearer x.y.z' } }, 401, 40101],
    ['Basic', { headers: { authorization: 'Basic dXNlcjpwYXNz' } }, 401, 40101],
    ['a consumer', { as: CONSUMER }, 403, 40301],
    ['a publisher of another member', { as: STRANGER }, 403, 40301],
  ])('by %s is refused', async (_name, options, status, code) => {
    const answer = await registry.call('POST', `/subjects/${SUBJECT}/versions`, {
      body: json({}),
      ...options,
    });
    expect(answer).toMatchObject({ status, body: { error_code: code } });
    expect(answer.headers.has('www-authenticate')).toBe(status === 401);
  });

  it('without a contract is left to stewards', async () => {
    expect((await registry.register('free.topic.v1-value', {}, { as: PUBLISHER })).status).toBe(403);
    expect((await registry.register('any-key', {}, { as: PUBLISHER })).status).toBe(403);
  });

  it('gives ids 1, 2, 3 and the same again for the same content', async () => {
    const first = await registry.register(SUBJECT, schema, { as: PUBLISHER });
    expect(first).toMatchObject({ status: 200, body: { id: 1 } });
    expect(first.body).toEqual({ id: 1 });
    expect((await registry.register(SUBJECT, JSON.stringify(JSON.parse(schema), null, 7))).body).toEqual({
      id: 1,
    });
    expect((await registry.register(SUBJECT, { type: 'object' })).body).toEqual({ id: 2 });
    expect((await registry.register('other-value', schema)).body).toEqual({ id: 1 });
    const none = { compatibility: 'NONE' };
    await registry.call('PUT', '/config/other-value', { as: STEWARD, body: none });
    expect((await registry.register('other-value', { type: 'string' })).body).toEqual({ id: 3 });
    expect((await registry.call('GET', `/subjects/${SUBJECT}/versions`)).body).toEqual([1, 2]);
  });

  it('answers more to those who ask for it', async () => {
    const answer = await registry.register(SUBJECT, schema, { headers: MORE });
    expect(answer.body).toEqual({
      subject: SUBJECT,
      version: 1,
      id: 1,
      guid: schemaGuid(text),
      schemaType: 'JSON',
      schema: text,
    });
  });

  it('is found by id, GUID, subject and version', async () => {
    const get = async (path: string, headers = {}) => (await registry.call('GET', path, { headers })).body;
    const version = { subject: SUBJECT, version: 1, id: 1, schemaType: 'JSON', schema: text };
    expect(await get('/schemas/ids/1')).toEqual({ schemaType: 'JSON', schema: text });
    expect(await get('/schemas/ids/1', MORE)).toEqual({
      schemaType: 'JSON',
      schema: text,
      guid: schemaGuid(text),
    });
    expect(await get('/schemas/ids/1/schema')).toEqual(JSON.parse(text));
    expect(await get('/schemas/ids/1/versions')).toEqual([
      { subject: SUBJECT, version: 1 },
      { subject: 'other-value', version: 1 },
    ]);
    expect(await get(`/schemas/guids/${schemaGuid(text)}`)).toEqual({ schemaType: 'JSON', schema: text });
    expect(await get(`/subjects/${SUBJECT}/versions/1`)).toEqual(version);
    expect(await get(`/subjects/${SUBJECT}/versions/latest`)).toMatchObject({ version: 2, id: 2 });
    expect(await get(`/subjects/${SUBJECT}/versions/LATEST`)).toMatchObject({ version: 2 });
    expect(await get(`/subjects/${SUBJECT}/versions/-1`)).toMatchObject({ version: 2 });
    expect(await get(`/subjects/${SUBJECT}/versions/1/schema`)).toEqual(JSON.parse(text));
    expect(await get(`/subjects/${SUBJECT}/versions/3`)).toEqual({
      error_code: 40402,
      message: 'Version 3 not found.',
    });
    expect(await get('/subjects')).toEqual([SUBJECT, 'other-value']);
    expect(await get('/subjects?subjectPrefix=oth')).toEqual(['other-value']);
    expect(await get('/subjects?subjectPrefix=:*:&limit=1&offset=1')).toEqual(['other-value']);
    expect(await get(`/subjects/${SUBJECT}/versions?offset=1`)).toEqual([2]);
  });

  it('of what never changes may be cached', async () => {
    const { body } = await registry.register('other-value', schema);
    const { headers } = await registry.call('GET', `/schemas/ids/${body.id}`);
    expect(headers.get('cache-control')).toContain('immutable');
    expect((await registry.call('GET', '/schemas/ids/77')).headers.get('cache-control')).toBe('no-store');
    expect(
      (await registry.call('GET', `/subjects/${SUBJECT}/versions/latest`)).headers.get('cache-control'),
    ).toBe('no-store');
  });

  it('is looked up by content', async () => {
    const lookUp = (subject: string, body: unknown) =>
      registry.call('POST', `/subjects/${subject}`, { body });
    expect(await lookUp(SUBJECT, { schemaType: 'JSON', schema })).toMatchObject({
      status: 200,
      body: { version: 1, id: 1 },
    });
    expect((await lookUp(SUBJECT, json({ type: 'string' }))).body).toEqual({
      error_code: 40403,
      message: 'Schema not found',
    });
    expect((await lookUp('nothing', json({}))).body).toEqual({
      error_code: 40401,
      message: "Subject 'nothing' not found.",
    });
  });

  it('decodes a subject from one path segment', async () => {
    expect((await registry.register('a/b c', { type: 'object' })).body).toEqual({ id: 2 });
    expect((await registry.call('GET', '/subjects/a%2Fb%20c/versions')).body).toEqual([1]);
  });

  it('takes the number of the next version, no other', async () => {
    const post = (version: number) =>
      registry.call('POST', '/subjects/numbered/versions', {
        as: STEWARD,
        body: { ...json({ const: 1 }), version },
      });
    expect((await post(2)).body).toEqual({
      error_code: 42201,
      message: 'Invalid schema: Version is not one more than previous version',
    });
    expect((await post(1)).status).toBe(200);
    expect((await post(1)).body.error_code).toBe(42201);
    const latest = await post(-1);
    expect(latest).toMatchObject({ status: 200, body: { id: expect.any(Number) } });
    expect((await post(2)).body.id).not.toBe(latest.body.id);
    expect((await registry.call('GET', '/subjects/numbered/versions')).body).toEqual([1, 2]);
  });

  it.each(REFUSED_SCHEMAS)('of %s is refused', async (_name, body, code) => {
    const before = await registry.pool.query('select count(*) from subject_version');
    const start = process.cpuUsage();
    const answer = await registry.call('POST', '/subjects/hostile/versions', { as: STEWARD, body });
    expect(answer).toMatchObject({ status: 422, body: { error_code: code } });
    expect(answer.body.message.length).toBeLessThan(300);
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(2_000);
    expect((await registry.pool.query('select count(*) from subject_version')).rows).toEqual(before.rows);
  });

  it('says what a hostile schema does wrong, and where', async () => {
    const { body } = await registry.register('hostile', { properties: { a: { pattern: '(?=x)' } } });
    expect(body.message).toMatch(/^Invalid schema: pattern at "\/properties\/a\/pattern": /);
  });

  it('ignores unknown members and empty extras of a request', async () => {
    const body = {
      ...json({ const: 2 }),
      references: [],
      metadata: null,
      ruleSet: {},
      schemaTagsToAdd: [],
      unknown: 1,
    };
    expect((await registry.call('POST', '/subjects/lenient/versions', { as: STEWARD, body })).status).toBe(
      200,
    );
  });

  it('refuses a subject that is none', async () => {
    expect((await registry.register('\u0000', {})).body.error_code).toBe(42208);
  });

  it('refuses another content with the GUID of a known one', async () => {
    const forged = canonicalText('{"title":"forged"}');
    await registry.pool.query(
      `insert into schema (context, id, guid, sha256, text, registered_at) values ('.', 900, $1, 'other', '{}', now())`,
      [schemaGuid(forged)],
    );
    expect((await registry.register('forged', forged)).body).toEqual({
      error_code: 42201,
      message: 'Invalid schema: another schema has the same GUID',
    });
  });

  it('refuses another content with the GUID of a version of the same subject', async () => {
    await registry.register('collided', { title: 'first' });
    const second = canonicalText('{"title":"second"}');
    await registry.pool.query(`update schema set guid = $1 where text = '{"title":"first"}'`, [
      schemaGuid(second),
    ]);
    expect((await registry.register('collided', second)).body.error_code).toBe(42201);
    expect((await registry.call('GET', '/subjects/collided/versions')).body).toEqual([1]);
    const look = { body: { schemaType: 'JSON', schema: second } };
    expect((await registry.call('POST', '/subjects/collided', look)).body.error_code).toBe(40403);
  });

  it('reaches the control topic and the evidence, once a version', async () => {
    const versions = (items: { kind: string; topic: string }[]) =>
      items.filter(({ kind, topic }) => kind === 'version' && topic === TOPIC);
    const records = versions(await registry.control((items) => versions(items).length >= 2));
    expect(records).toHaveLength(2);
    expect(records[0]).toEqual({
      kind: 'version',
      topic: TOPIC,
      version: 1,
      id: 1,
      guid: schemaGuid(text),
      schema: text,
      sha256: expect.stringMatching(/^[\w-]{43}$/),
      status: 'active',
      since: expect.stringMatching(/Z$/),
    });
    const registered = (items: { name: string; subject: string }[]) =>
      items.filter(({ name, subject }) => name === 'ContractVersionRegistered' && subject === SUBJECT);
    const evidence = registered(await registry.evidence((items) => registered(items).length >= 2));
    expect(
      (evidence as { version?: number; by?: string }[]).map(({ version, by }) => [version, by]).sort(),
    ).toEqual([
      [1, PUBLISHER],
      [2, STEWARD],
    ]);
  });
});
