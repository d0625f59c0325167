import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { start } from '../app.js';

let database: TestDatabase;
let service: RunningService;
beforeAll(async () => {
  database = await testDatabase();
  service = await start({
    ...{ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, REGISTRY_AUTH: 'off', LOG_LEVEL: 'fatal' },
  });
});
afterAll(async () => {
  await service?.close();
  await database?.drop();
});

async function call(method: string, path: string, body: unknown) {
  const response = await fetch(service.url + path, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(body),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what came over the wire
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

/** A change that the Confluent verdict does not see: `format` is no part of it. */
const OLD = {
  type: 'object',
  properties: { at: { type: 'string', maxLength: 40 } },
  additionalProperties: false,
};
const NEW = { ...OLD, properties: { at: { type: 'string', maxLength: 40, format: 'date' } } };
const json = (schema: unknown) => ({ schemaType: 'JSON', schema: JSON.stringify(schema) });
const versions = (subject: string) => `/subjects/${subject}/versions`;

describe('the semantic policy of a subject', () => {
  it('is off unless set: the verdict of clients alone decides', async () => {
    await call('POST', versions('off'), json(OLD));
    const answer = await call('POST', versions('off'), json(NEW));
    expect(answer.status).toBe(200);
    expect(answer.headers.has('wasl-semantic-verdict')).toBe(false);
  });

  it('warns in a header', async () => {
    await call('POST', versions('warned'), json(OLD));
    expect((await call('PUT', '/config/warned', { semanticPolicy: 'WARN' })).status).toBe(200);
    const answer = await call('POST', versions('warned'), json(NEW));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('wasl-semantic-verdict')).toBe('incompatible');
    const wider = { ...NEW, properties: { at: { type: 'string', maxLength: 50 } } };
    const compatible = await call('POST', versions('warned'), json(wider));
    expect(compatible.headers.get('wasl-semantic-verdict')).toBe('compatible');
  });

  it('blocks with the place, an example and how to mend it, and registers nothing', async () => {
    await call('POST', versions('blocked'), json(OLD));
    await call('PUT', '/config/blocked', { semanticPolicy: 'BLOCK' });
    const others = Promise.all(
      Array.from({ length: 20 }, (_, n) => call('POST', versions(`other-${n}`), json({ const: n }))),
    );
    const answer = await call('POST', versions('blocked'), json(NEW));
    expect(answer).toMatchObject({ status: 409, body: { error_code: 40901 } });
    expect(answer.body.message).toContain('"pointer":"/properties/at/format"');
    expect(answer.body.message).toContain('"hint"');
    expect((await others).map(({ status }) => status)).toEqual(Array(20).fill(200));
    const found = await fetch(`${service.url}${versions('blocked')}`);
    expect(await found.json()).toEqual([1]);
  });

  it('is asked for without registering', async () => {
    const path = '/compatibility/subjects/blocked/versions/latest?verbose=true&semantic=true';
    const { body } = await call('POST', path, json(NEW));
    expect(body).toMatchObject({ is_compatible: true, messages: [], semantic: { verdict: 'incompatible' } });
    expect(body.semantic.reasons[0]).toMatchObject({
      ...{ direction: 'backward', version: 1, pointer: '/properties/at/format', rule: 'format' },
      hint: { fr: expect.any(String), ar: expect.any(String), en: expect.any(String) },
    });
    expect(body.semantic.reasons[0].example).toBeTypeOf('object');
    expect((await call('POST', path.replace('&semantic=true', ''), json(NEW))).body).toEqual({
      is_compatible: true,
      messages: [],
    });
  });

  it('refuses a policy nobody knows', async () => {
    expect((await call('PUT', '/config/blocked', { semanticPolicy: 'MAYBE' })).status).toBe(422);
  });
});
