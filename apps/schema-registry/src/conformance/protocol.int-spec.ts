import { describe, expect, it } from 'vitest';
import { json, specApi, V1 } from './spec-api.js';

const api = specApi();

const V1_TYPE = 'application/vnd.schemaregistry.v1+json';
const PLAIN_TYPE = 'application/vnd.schemaregistry+json';

/** A request with these headers and no others of ours. */
async function send(method: string, path: string, headers: Record<string, string>, body?: Buffer) {
  const init = body === undefined ? {} : { body: new Uint8Array(body) };
  const answer = await fetch(api.url + path, { method, headers, ...init });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), text };
}

describe('what is answered', () => {
  it.each([
    ['*/*', V1_TYPE],
    ['application/*', V1_TYPE],
    ['text/html, */*', V1_TYPE],
    ['application/json', 'application/json'],
    [`application/vnd.schemaregistry.v2+json, ${PLAIN_TYPE}; q=0.9, application/json; q=0.5`, PLAIN_TYPE],
    // What the client says weighs more than what the server would rather send.
    [`${V1_TYPE};q=0.9, application/json`, 'application/json'],
    [`${PLAIN_TYPE}; q=0.5, application/json; q=0.9`, 'application/json'],
    [`application/json, ${PLAIN_TYPE}`, PLAIN_TYPE],
  ])('to Accept: %s has the type %s, and nothing after it', async (accept, type) => {
    await api.register('typed', V1);
    const once = () =>
      Promise.all(
        [
          '/subjects',
          '/subjects/typed/versions/1',
          '/subjects/typed/versions/1/schema',
          '/schemas/ids/1',
        ].map(async (path) => (await send('GET', path, { accept })).type),
      );
    // The second time some of it comes from memory.
    expect([await once(), await once()].flat()).toEqual(Array(8).fill(type));
    expect((await send('GET', '/subjects/none/versions', { accept })).type).toBe(type);
  });
});

describe('a body', () => {
  const text = JSON.stringify(json({ title: 'état · حالة' }));
  const little = Buffer.from(text, 'utf16le');
  const marked = Buffer.from(`\uFEFF${text}`, 'utf16le');

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16LE', little],
    ['UTF-16LE with a byte order mark', marked],
    ['UTF-16BE', Buffer.from(little).swap16()],
    ['UTF-16BE with a byte order mark', Buffer.from(marked).swap16()],
  ])('may be %s, with or without a type', async (_, bytes) => {
    for (const headers of [
      { 'content-type': V1_TYPE },
      { 'content-type': `${V1_TYPE}; charset=utf-16` },
      {},
    ]) {
      const answer = await send('POST', '/subjects/encoded/versions', headers, bytes);
      expect(answer.status, answer.text).toBe(200);
    }
    expect(JSON.parse((await api.ok('GET /subjects/encoded/versions/latest')).schema)).toEqual({
      title: 'état · حالة',
    });
    expect(await api.ok('GET /subjects/encoded/versions')).toEqual([1]);
  });

  it('of another type is refused, as one is that is neither', async () => {
    const path = '/subjects/encoded/versions';
    const { status } = await send('POST', path, { 'content-type': 'application/xml' }, Buffer.from(text));
    expect(status).toBe(415);
    for (const bytes of [Buffer.from([0x22, 0, 0, 0xd8, 0x22, 0]), Buffer.from([0x7b, 0xff, 0x7d])])
      expect((await send('POST', path, {}, bytes)).status).toBe(400);
  });

  it('is not looked at where a method is not allowed, and not needed by the probe', async () => {
    for (const request of ['PUT /subjects', 'PATCH /config', 'POST /schemas/types'])
      expect(await api.refused(request)).toEqual([405, 405, 'HTTP 405 Method Not Allowed']);
    expect((await send('POST', '/', { 'content-type': V1_TYPE })).status).toBe(200);
    expect((await send('POST', '/', {})).status).toBe(200);
  });
});

describe('a number in a body', () => {
  it('may be a text, as Jackson reads it', async () => {
    const register = (more: object) =>
      api.call('POST /subjects/numbers/versions', { ...json({ title: JSON.stringify(more) }), ...more });
    expect((await register({ version: '1' })).body.version).toBe(1);
    expect((await register({ version: '9' })).body).toMatchObject({ error_code: 42201 });
    expect((await register({ id: '7' })).body).toMatchObject({ error_code: 42205 });
    expect((await register({ version: '', id: null })).status).toBe(200);
  });

  it('that is none is refused, not passed over', async () => {
    for (const more of [{ version: 'two' }, { version: 1.5 }, { id: {} }, { version: 2 ** 31 }])
      expect(
        (await api.refused('POST /subjects/numbers/versions', { ...json(V1), ...more })).slice(0, 2),
      ).toEqual([422, 42201]);
  });
});

it('settings of all are deleted though nothing was set, and answer what held', async () => {
  expect(await api.ok('DELETE /config')).toEqual({ compatibilityLevel: 'BACKWARD' });
  await api.ok('PUT /config', { compatibility: 'FULL' });
  expect(await api.ok('DELETE /config')).toEqual({ compatibilityLevel: 'FULL' });
  expect(await api.ok('GET /config')).toEqual({ compatibilityLevel: 'BACKWARD' });
  expect(await api.ok('DELETE /mode')).toEqual({ mode: 'READWRITE' });
  await api.ok('PUT /mode', { mode: 'READONLY' });
  expect(await api.ok('DELETE /mode')).toEqual({ mode: 'READONLY' });
  expect((await api.refused('DELETE /config/nothing')).slice(0, 2)).toEqual([404, 40401]);
  expect((await api.refused('DELETE /mode/nothing')).slice(0, 2)).toEqual([404, 40401]);
});
