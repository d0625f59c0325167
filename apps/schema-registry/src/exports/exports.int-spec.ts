import { Parser } from '@asyncapi/parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { canonicalText, CompiledContract, fromOdcs } from '#contracts';
import { CONSUMER, GOVERNANCE, PUBLISHER, STEWARD, TestRegistry } from '../spec-harness.js';

const TOPIC = 'civil-status.birth.v1';
const COMMON = 'urn:wasl:contract:common.code:v1';
const $schema = 'https://json-schema.org/draft/2020-12/schema';
const code = { $schema, $id: COMMON, title: 'Code', type: 'string', maxLength: 8 };
const birth = (more: object = {}) => ({
  $schema,
  $id: 'urn:wasl:contract:civil-status.birth:v1',
  title: 'Birth',
  type: 'object',
  required: ['office'],
  additionalProperties: false,
  properties: { office: { $ref: COMMON }, ...more },
});
const { deletion: _d, retention: _r, sla: _s, partitions: _p, ...common } = GOVERNANCE;

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
  const put = (topic: string, body: object) =>
    registry.call('PUT', `/v1/contracts/${topic}`, { as: STEWARD, body });
  expect((await put('common.code.v1', { ...common, name: 'common.code', kind: 'type' })).status).toBe(201);
  expect((await put(TOPIC, GOVERNANCE)).status).toBe(201);
  expect((await registry.register('common.code.v1-value', code)).status).toBe(200);
  for (const more of [{}, { note: { type: 'string', maxLength: 9 } }]) {
    const references = [{ name: COMMON, subject: 'common.code.v1-value', version: 1 }];
    const body = { schemaType: 'JSON', schema: JSON.stringify(birth(more)), references };
    const path = `/subjects/${TOPIC}-value/versions`;
    expect((await registry.call('POST', path, { as: STEWARD, body })).status).toBe(200);
  }
});
afterAll(() => registry.stop());

const exported = (format: string, more = '') =>
  registry.call('GET', `/v1/contracts/${TOPIC}/export?format=${format}${more}`);

describe('export', () => {
  it('ODCS, which comes back as the contract that it was', async () => {
    const { status, headers, body } = await exported('odcs');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/yaml']);
    expect(parse(body)).toMatchObject({
      id: 'urn:wasl:contract:civil-status.birth:v1',
      version: '1.2.0',
      authoritativeDefinitions: [{ url: `${registry.service.url}/subjects/${TOPIC}-value/versions/2` }, {}],
    });
    const { governance, schemaText, notes } = fromOdcs(body);
    expect(governance).toEqual(GOVERNANCE);
    expect(schemaText).toBe(canonicalText(JSON.stringify(birth({ note: { type: 'string', maxLength: 9 } }))));
    expect(notes).toEqual([]);
  });

  it('the state of a version and its last day', async () => {
    const sunset = new Date(Date.now() + 60 * 86_400_000).toISOString();
    const path = `/v1/contracts/${TOPIC}/versions/1/deprecate`;
    expect((await registry.call('POST', path, { as: STEWARD, body: { sunset } })).status).toBe(200);
    const old = parse((await exported('odcs', '&version=1')).body);
    expect(old).toMatchObject({ version: '1.1.0', status: 'deprecated' });
    expect(old.slaProperties).toContainEqual({
      ...{ property: 'endOfLife', value: sunset.slice(0, 10), driver: 'regulatory' },
    });
    expect(parse((await exported('odcs')).body)).toMatchObject({ version: '1.2.0', status: 'active' });
  });

  it('AsyncAPI, with the common type inside', async () => {
    const { status, body } = await exported('asyncapi');
    expect(status).toBe(200);
    const { document, diagnostics } = await new Parser().parse(body);
    expect(diagnostics.filter(({ severity }) => Number(severity) === 0)).toEqual([]);
    const { schemas } = document!.json<{ components: { schemas: object } }>().components;
    expect(JSON.stringify(schemas)).not.toContain(COMMON);
  });

  it('JSON Schema in one text that judges alone', async () => {
    const { body, headers } = await exported('json-schema');
    expect(headers.get('content-type')).toMatch(/^application\/schema\+json/);
    const compiled = CompiledContract.compile(JSON.stringify(body));
    expect(compiled.validate({ office: 'A1' })).toEqual([]);
    expect(compiled.validate({ office: 'too long a code' })).toHaveLength(1);
  });

  it('TypeScript of an older version', async () => {
    const { body, headers } = await exported('typescript', '&version=1');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body).toContain('export type Birth = {');
    expect(body).not.toContain('note');
  });

  it('all topics of a member as one AsyncAPI document, without its common types', async () => {
    const { status, body } = await registry.call(
      'GET',
      '/v1/contracts/export?owner=urn:wasl:dz:interior&format=asyncapi',
    );
    expect(status).toBe(200);
    expect(Object.keys(body.channels)).toEqual([TOPIC]);
  });

  it.each([
    [`/v1/contracts/${TOPIC}/export`, 400, 'invalid-request'],
    [`/v1/contracts/${TOPIC}/export?format=avro`, 400, 'invalid-request'],
    [`/v1/contracts/${TOPIC}/export?format=odcs&version=0`, 400, 'invalid-request'],
    [`/v1/contracts/${TOPIC}/export?format=odcs&version=3`, 404, 'not-found'],
    [`/v1/contracts/${TOPIC}/export?format=json-schema&version=3`, 404, 'not-found'],
    ['/v1/contracts/no.such.v1/export?format=odcs', 404, 'not-found'],
    ['/v1/contracts/export?format=asyncapi', 400, 'invalid-request'],
    ['/v1/contracts/export?format=odcs&owner=urn:wasl:dz:interior', 400, 'invalid-request'],
    ['/v1/contracts/export?format=asyncapi&owner=urn:wasl:dz:interior-', 400, 'invalid-request'],
    [`/v1/contracts/export?format=asyncapi&owner=urn:wasl:dz:${'a'.repeat(64)}`, 404, 'not-found'],
    ['/v1/contracts/export?format=asyncapi&owner=urn:wasl:dz:nobody', 404, 'not-found'],
  ])('refuses %s', async (path, status, code) => {
    const answer = await registry.call('GET', path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('lint', () => {
  const lint = (body: unknown, as?: string) =>
    registry.call('POST', '/v1/contracts/lint', { body, ...(as === undefined ? {} : { as }) });

  it('judges a schema and its examples with the types it refers to', async () => {
    const { status, body } = await lint(
      {
        schema: JSON.stringify(birth(), null, 2),
        contract: 'name: x',
        examples: { valid: [{ file: 'long.json', text: '{"office": "too long a code"}' }], invalid: [] },
      },
      PUBLISHER,
    );
    expect(status).toBe(200);
    expect(body.findings).toContainEqual(
      expect.objectContaining({ file: 'long.json', line: 1, column: 2, rule: 'example-verdict' }),
    );
    expect(body.errors + body.warnings).toBe(body.findings.length);
  });

  it('judges a schema alone', async () => {
    const { body } = await lint({ schema: '{"type": "string"}' }, PUBLISHER);
    expect(body.findings.map(({ rule }: { rule: string }) => rule)).toContain('bounded-string');
  });

  it('asks who calls, and for a body', async () => {
    expect((await lint({ schema: '{}' })).status).toBe(401);
    expect((await lint({ schema: '{}' }, CONSUMER)).status).toBe(403);
    expect((await lint({ schema: 5 }, PUBLISHER)).status).toBe(400);
    expect((await lint({}, PUBLISHER)).body.errors).toEqual([
      expect.objectContaining({ pointer: '/schema' }),
    ]);
  });
});

describe('import', () => {
  it('answers what a contract would be and writes nothing', async () => {
    const { body: document } = await exported('odcs');
    const changed = document.replace('name: civil-status.birth', 'name: civil-status.birth-copy');
    const path = '/v1/contracts/import?format=odcs';
    const { status, body } = await registry.call('POST', path, {
      as: PUBLISHER,
      body: { document: changed },
    });
    expect(status).toBe(200);
    expect(body.contracts[0].governance.name).toBe('civil-status.birth-copy');
    expect((await registry.call('GET', '/v1/contracts/civil-status.birth-copy.v1')).status).toBe(404);
  });

  it.each(['odcs', 'asyncapi', 'json-schema'])(
    'makes the contract of its own export as %s',
    async (format) => {
      const { body: document } = await exported(format);
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      const { status, body } = await registry.call('POST', `/v1/contracts/import?format=${format}`, {
        as: PUBLISHER,
        body: { document: text },
      });
      expect(status).toBe(200);
      const [{ schemaText, governance }] = body.contracts;
      expect(JSON.parse(schemaText)).toEqual(birth({ note: { type: 'string', maxLength: 9 } }));
      if (format === 'json-schema') expect(governance).toMatchObject({ name: GOVERNANCE.name });
      else expect(governance).toEqual(GOVERNANCE);
    },
  );

  it('makes a contract of every message, or of the one that is named', async () => {
    const payload = { type: 'number' };
    const document = JSON.stringify({
      asyncapi: '3.0.0',
      channels: { c: { messages: { a: { payload }, b: { payload }, c: {} } } },
    });
    const call = (more: string) =>
      registry.call('POST', `/v1/contracts/import?format=asyncapi${more}`, {
        as: PUBLISHER,
        body: { document },
      });
    const { body } = await call('');
    expect(body.contracts.map(({ source }: { source: string }) => source)).toEqual([
      '/channels/c/messages/a',
      '/channels/c/messages/b',
    ]);
    expect(body.refused).toEqual([expect.objectContaining({ source: '/channels/c/messages/c' })]);
    const named = await call('&message=b');
    expect(named.body.contracts).toHaveLength(1);
    expect((await call('&message=d')).status).toBe(400);
    expect((await call('&message=a&message=b')).status).toBe(400);
  });

  it.each([
    ['/v1/contracts/import?format=odcs', { document: '{' }, 400],
    ['/v1/contracts/import?format=asyncapi', { document: 'asyncapi: 2.6.0' }, 400],
    ['/v1/contracts/import?format=json-schema', { document: '{"type":"wrong"}' }, 422],
    ['/v1/contracts/import?format=typescript', { document: 'type A = string' }, 400],
    ['/v1/contracts/import?format=odcs', {}, 400],
    ['/v1/contracts/import', { document: 'kind: DataContract' }, 400],
  ])('refuses %s %j', async (path, body, status) => {
    expect((await registry.call('POST', path, { as: STEWARD, body })).status).toBe(status);
  });
});
