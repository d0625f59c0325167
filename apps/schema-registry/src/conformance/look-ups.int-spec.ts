import { describe, expect, it } from 'vitest';
import { CHANGED, json, specApi, V1, V2, V3 } from './spec-api.js';

const api = specApi();

const UNKNOWN = '00000000-0000-0000-0000-000000000000';

describe('an empty registry', () => {
  it.each([
    // Authentication is off here, and it says so.
    ['GET /', { authentication: 'off' }],
    ['POST /', { authentication: 'off' }],
    ['GET /subjects', []],
    ['GET /schemas', []],
    ['GET /schemas/types', ['JSON']],
    ['GET /contexts', ['.']],
    ['GET /contexts?offset=1&limit=1', []],
    ['GET /exporters', []],
    ['GET /associations/resources/-/t', []],
    ['GET /v1/metadata/deployment', { attributes: [] }],
  ])('%s', async (request, expected) => {
    expect(await api.ok(request, request.startsWith('POST') ? {} : undefined)).toEqual(expected);
  });

  it('says who it is', async () => {
    expect(await api.ok('GET /v1/metadata/id')).toMatchObject({ id: '', scope: { path: [] } });
    const { version, commitId } = await api.ok('GET /v1/metadata/version');
    expect([typeof version, typeof commitId]).toEqual(['string', 'string']);
  });

  it.each([
    ['GET /no/such/route', 404, 404, 'HTTP 404 Not Found'],
    ['DELETE /subjects', 405, 405, 'HTTP 405 Method Not Allowed'],
    ['GET /subjects/s/versions', 404, 40401, "Subject 's' not found."],
    ['GET /subjects/s/versions/1', 404, 40401, "Subject 's' not found."],
    ['GET /subjects/s/versions/latest', 404, 40401, "Subject 's' not found."],
    ['GET /subjects/s/versions/0', 422, 42202, undefined],
    ['GET /subjects/s/versions/earliest', 422, 42202, undefined],
    ['GET /subjects/s/versions/2147483648', 422, 42202, undefined],
    ['GET /subjects/s/metadata?key=a&value=b', 404, 40401, "Subject 's' not found."],
    ['GET /schemas/ids/1', 404, 40403, 'Schema 1 not found'],
    [`GET /schemas/guids/${UNKNOWN}`, 404, 40403, `Schema ${UNKNOWN} not found`],
    [`GET /schemas/guids/${UNKNOWN}/ids`, 404, 40403, undefined],
    ['DELETE /config/s', 404, 40401, "Subject 's' not found."],
  ])('%s → %i %s', async (request, status, code, message) => {
    const answer = await api.refused(request);
    expect(answer[0]).toBe(status);
    if (code !== undefined) expect(answer[1]).toBe(code);
    if (message !== undefined) expect(answer[2]).toBe(message);
  });
});

describe('a version', () => {
  it('is what was registered, with all that belongs to it for those who take it', async () => {
    const id = await api.register('whole/name', V1);
    const found = await api.ok('GET /subjects/whole%2Fname/versions/1');
    expect(found).toMatchObject({ subject: 'whole/name', version: 1, id, ...json(V1), deleted: false });
    expect(found.ts).toBeGreaterThan(1.7e12);
    const { guid } = found;
    for (const version of ['latest', 'LATEST', '-1']) {
      expect(await api.ok(`GET /subjects/whole%2Fname/versions/${version}`)).toEqual(found);
    }
    expect(await api.ok('GET /subjects/whole%2Fname/versions/1/schema')).toEqual(V1);
    expect(await api.ok(`GET /schemas/ids/${id}/schema`)).toEqual(V1);
    expect(await api.ok(`GET /schemas/ids/${id}`)).toMatchObject({ ...json(V1), guid });
    expect(await api.ok(`GET /schemas/ids/${id}?format=no-such-format`)).toMatchObject(json(V1));
    expect(await api.ok(`GET /schemas/guids/${guid}/ids`)).toEqual([{ context: '.', id }]);
    expect((await api.ok(`GET /schemas/ids/${id}`)).maxId).toBeUndefined();
    const last = await api.register('whole/other', { title: 'last' });
    expect((await api.ok(`GET /schemas/ids/${id}?fetchMaxId=true`)).maxId).toBe(last);
  });

  it('shows older clients nothing that they would break on', async () => {
    const id = await api.register('strict', V1);
    const plain = async (path: string) =>
      Object.keys(
        (await api.call(`GET ${path}`, undefined, { 'confluent-accept-unknown-properties': 'false' })).body,
      );
    expect(await plain(`/schemas/ids/${id}`)).toEqual(expect.arrayContaining(['schemaType', 'schema']));
    for (const path of [`/schemas/ids/${id}`, '/subjects/strict/versions/1']) {
      const members = await plain(path);
      expect(members).not.toContain('sha256');
      expect(members).not.toContain('text');
    }
  });

  it('is found by its content, whatever else the body holds', async () => {
    const id = await api.register('by-content', V1);
    await api.register('by-content', V2);
    expect(await api.ok('POST /subjects/by-content', json(V1))).toMatchObject({ id, version: 1 });
    const echoed = await api.ok('GET /subjects/by-content/versions/1');
    expect(await api.ok('POST /subjects/by-content', echoed)).toMatchObject({ version: 1 });
    expect(await api.ok('POST /subjects/by-content', { ...json(V1), id: 77, unknown: {} })).toMatchObject({
      version: 1,
    });
    expect(await api.refused('POST /subjects/by-content', json(V3))).toEqual([
      404,
      40403,
      'Schema not found',
    ]);
    expect((await api.refused('POST /subjects/nowhere', json(V1)))[1]).toBe(40401);
    expect((await api.refused('POST /subjects/by-content', json('{')))[1]).toBe(42201);
  });

  it('is found by its metadata', async () => {
    const named = (stage: string) => ({ metadata: { properties: { stage, office: 'x' } } });
    await api.register('by-metadata', V1, named('old'));
    await api.register('by-metadata', V2, named('new'));
    await api.register('by-metadata', V3, named('new'));
    const find = (query: string) => `GET /subjects/by-metadata/metadata?${query}`;
    expect(await api.ok(find('key=stage&value=new'))).toMatchObject({ version: 3 });
    expect(await api.ok(find('deleted=true&&key=stage&value=old&key=office&value=x'))).toMatchObject({
      version: 1,
    });
    await api.ok('DELETE /subjects/by-metadata/versions/3');
    expect(await api.ok(find('key=stage&value=new'))).toMatchObject({ version: 2 });
    expect(await api.ok(find('key=stage&value=new&deleted=true'))).toMatchObject({ version: 3 });
    expect((await api.refused(find('key=stage&value=none')))[0]).toBe(404);
  });

  it('of all subjects are listed, page by page', async () => {
    const prefix = ':.listed:';
    for (const subject of ['a', 'b'])
      for (const schema of [V1, V2]) await api.register(prefix + subject, schema);
    const list = async (query: string) =>
      (
        (await api.ok(`GET /schemas?subjectPrefix=${prefix}${query}`)) as {
          subject: string;
          version: number;
        }[]
      ).map(({ subject, version }) => `${subject.slice(prefix.length)}${version}`);
    expect(await list('')).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(await list('&latestOnly=true')).toEqual(['a2', 'b2']);
    expect(await list('&offset=1&limit=2')).toEqual(['a2', 'b1']);
    expect(await list('b')).toEqual(['b1', 'b2']);
    await api.ok(`DELETE /subjects/${prefix}a/versions/2`);
    expect(await list('')).toEqual(['a1', 'b1', 'b2']);
    expect(await list('&deleted=true')).toEqual(['a1', 'a2', 'b1', 'b2']);
  });
});

describe('references', () => {
  const type = { $id: 'https://types.test/t.json', definitions: { T: { type: 'string' } } };
  const user = {
    $id: 'https://types.test/user.json',
    type: 'object',
    properties: { t: { $ref: 't.json#/definitions/T' } },
    additionalProperties: false,
  };
  const refers = (subject: string, version = 1) => ({ references: [{ name: 't.json', subject, version }] });

  it('are resolved in the context of the one who refers, and hold what they name', async () => {
    await api.register(':.refs:type', type);
    const id = await api.register(':.refs:user', user, refers('type'));
    expect(await api.ok(`GET /schemas/ids/${id}?subject=:.refs:user`)).toMatchObject(refers('type'));
    const qualified = await api.ok('GET /subjects/:.refs:user/versions/1?referenceFormat=qualified');
    expect(qualified).toMatchObject(refers(':.refs:type'));
    // A look-up that leaves them out finds it all the same.
    expect(await api.ok('POST /subjects/:.refs:user', json(user))).toMatchObject({ id });
    expect(await api.ok('GET /subjects/:.refs:type/versions/1/referencedby')).toEqual([id]);
    for (const path of ['/subjects/:.refs:type', '/subjects/:.refs:type/versions/1']) {
      expect((await api.refused(`DELETE ${path}`)).slice(0, 2), path).toEqual([422, 42206]);
    }
    await api.ok('DELETE /subjects/:.refs:user/versions/1');
    expect(await api.ok('GET /subjects/:.refs:type/versions/1/referencedby')).toEqual([]);
    await api.ok('DELETE /subjects/:.refs:type/versions/1');
    const revived = await api.refused('POST /subjects/:.refs:user/versions', {
      ...json(user),
      ...refers('type'),
    });
    expect(revived.slice(0, 2)).toEqual([422, 42201]);
  });

  it('may name another context', async () => {
    await api.register(':.types:type', type);
    await api.register('user', user, refers(':.types:type'));
    const id = (await api.ok('GET /subjects/user/versions/1')).id as number;
    expect(await api.ok('GET /subjects/:.types:type/versions/1/referencedby')).toEqual([id]);
  });

  it.each([
    ['a subject', refers('no-such')],
    ['a version', refers('type-here', 9)],
    ['any', {}],
  ])('to %s that is not there are refused', async (_name, more) => {
    await api.register('type-here', type);
    const answer = await api.refused('POST /subjects/dangling/versions', { ...json(user), ...more });
    expect(answer.slice(0, 2)).toEqual([422, 42201]);
  });

  it('are sorted when normalised', async () => {
    await api.register('sorted-type', type);
    const other = { ...type, $id: 'https://types.test/u.json' };
    await api.register('sorted-other', other);
    const t = { name: 't.json', subject: 'sorted-type', version: 1 };
    const u = { name: 'u.json', subject: 'sorted-other', version: 1 };
    const both = { ...user, properties: { ...user.properties, u: { $ref: 'u.json#/definitions/T' } } };
    const path = '/subjects/sorted/versions?normalize=true';
    const { id } = await api.ok(`POST ${path}`, { ...json(both), references: [u, t, u] });
    expect((await api.ok(`POST ${path}`, { ...json(both), references: [t, u] })).id).toBe(id);
  });
});

describe('compatibility', () => {
  const check = (path: string, schema: unknown) =>
    api.ok(`POST /compatibility/subjects/${path}`, json(schema));

  it('is checked against one version or those of the level', async () => {
    await api.register('c', V1);
    await api.register('c', V2);
    expect(await check('c/versions/latest', V3)).toEqual({ is_compatible: true });
    expect(await check('c/versions/1', CHANGED)).toMatchObject({ is_compatible: false });
    expect(await check('c/versions', V3)).toEqual({ is_compatible: true });
    expect(await check('nowhere/versions/latest', V1)).toEqual({ is_compatible: true });
    expect(await check('nowhere/versions', V1)).toEqual({ is_compatible: true });
    const refused = (path: string, schema: unknown) =>
      api.refused(`POST /compatibility/subjects/${path}`, json(schema));
    expect((await refused('c/versions/9', V1))[1]).toBe(40402);
    expect((await refused('c/versions/earliest', V1))[1]).toBe(42202);
    expect((await refused('c/versions/latest', '{'))[1]).toBe(42201);
    expect(await api.ok('GET /subjects/c/versions')).toEqual([1, 2]);
  });

  it('says why, if asked', async () => {
    await api.register('why', V1);
    expect((await check('why/versions/latest', CHANGED)).messages ?? []).toEqual([]);
    const { messages } = await check('why/versions/latest?verbose=true', CHANGED);
    expect(messages[0]).toMatch(/^\{errorType:"TYPE_CHANGED", description:".*#\/properties\/a.*"\}$/);
    expect(messages.slice(-3)).toEqual([
      '{oldSchemaVersion: 1}',
      `{oldSchema: '${JSON.stringify(V1)}'}`,
      "{validateFields: 'false', compatibility: 'BACKWARD'}",
    ]);
    const invalid = await check('why/versions/latest?verbose=true', '{"type":"bad-object"}');
    expect(invalid.is_compatible).toBe(false);
    expect(invalid.messages[0]).toContain('Invalid schema');
  });

  it('a transitive level compares with all, the check against one version with that one', async () => {
    await api.ok('PUT /config/transitive', { compatibility: 'NONE' });
    await api.register('transitive', V1);
    await api.register('transitive', CHANGED);
    await api.ok('PUT /config/transitive', { compatibility: 'BACKWARD_TRANSITIVE' });
    const next = { ...CHANGED, properties: { ...CHANGED.properties, b: { type: 'string' } } };
    expect(await check('transitive/versions/latest', next)).toEqual({ is_compatible: true });
    expect(await check('transitive/versions/1', next)).toMatchObject({ is_compatible: false });
    expect(await check('transitive/versions', next)).toMatchObject({ is_compatible: false });
    expect((await api.refused('POST /subjects/transitive/versions', json(next)))[0]).toBe(409);
    await api.ok('PUT /config/transitive', { compatibility: 'BACKWARD' });
    expect(await check('transitive/versions', next)).toEqual({ is_compatible: true });
  });
});

describe('contexts', () => {
  it('are seen, filtered and deleted once empty', async () => {
    await api.register(':.ctx-a:s', V1);
    await api.register(':.ctx-b:s', V1);
    expect(await api.ok('GET /contexts?contextPrefix=.ctx-')).toEqual(['.ctx-a', '.ctx-b']);
    expect((await api.ok('GET /contexts'))[0]).toBe('.');
    const path = '/contexts/.ctx-a';
    expect(await api.ok(`GET ${path}/subjects`)).toEqual([':.ctx-a:s']);
    expect(await api.ok('GET /contexts/ctx-a/subjects')).toEqual([':.ctx-a:s']);
    expect(await api.ok(`GET ${path}/schemas/ids/1`)).toMatchObject(json(V1));
    expect(await api.ok(`GET ${path}/subjects/s/versions/1`)).toMatchObject({ subject: ':.ctx-a:s' });
    expect((await api.refused(`DELETE ${path}`)).slice(0, 2)).toEqual([422, 42211]);
    await api.ok('DELETE /subjects/:.ctx-a:s');
    await api.ok('DELETE /subjects/:.ctx-a:s?permanent=true');
    expect((await api.call(`DELETE ${path}`)).status).toBe(204);
    expect(await api.ok('GET /contexts?contextPrefix=.ctx-')).toEqual(['.ctx-b']);
  });

  it('`:.:` is the default one, `:*:` are all', async () => {
    await api.register('plain', V1);
    expect(await api.ok('GET /subjects/:.:plain/versions')).toEqual([1]);
    expect(await api.ok('GET /contexts/:.:/subjects/plain/versions')).toEqual([1]);
    await api.register(':.wild:plain', V1);
    const list = (prefix: string) => api.ok(`GET /subjects?subjectPrefix=${prefix}`);
    expect(await list('plain')).toEqual(['plain']);
    expect(await list('')).not.toContain(':.wild:plain');
    expect(await list(':*:')).toEqual(expect.arrayContaining(['plain', ':.wild:plain']));
    // The default context first, unlike Confluent, whose order is that of the names as texts.
    expect(await list(':*:plain')).toEqual(['plain', ':.wild:plain']);
    expect(await api.ok('GET /subjects')).toEqual(expect.arrayContaining(['plain', ':.wild:plain']));
  });

  it('a subject that the default one lacks is looked for in the others', async () => {
    await api.register(':.deep:hidden', { title: 'hidden' });
    const found = await api.ok('GET /subjects/hidden/versions/1');
    expect(found.subject).toBe(':.deep:hidden');
    expect(await api.ok('POST /subjects/hidden', json({ title: 'hidden' }))).toMatchObject({ version: 1 });
    const path = `/schemas/ids/${found.id}?subject=hidden`;
    expect((await api.ok(`GET ${path}`)).schema).toBe('{"title":"hidden"}');
  });
});
