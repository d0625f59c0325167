import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashPassword } from '#protocol';
import type { RunningService } from '#service';
import { type TestDatabase, testDatabase } from '#testing';
import { start } from './app.js';
import { type Json, VND } from './spec-harness.js';

const PASSWORD = 'correct horse battery staple';
const TOKEN = 'wasl_0123456789abcdefghijkl';
const ORDERS = `Basic ${Buffer.from(`orders:${PASSWORD}`).toString('base64')}`;
const ADMIN = `Bearer ${TOKEN}`;
const ENDED = 'wasl_ended';
const WRITER = 'wasl_writer';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let file: string;
let password: string;
let database: TestDatabase;
let service: RunningService;

function writeAccounts(...more: object[]): void {
  const accounts = [
    { name: 'orders', password, write: ['orders-*', ':.shop:*'], config: ['*', 'orders-*', ':*:*'] },
    { name: 'ended', tokenSha256: sha256(ENDED), write: ['*'], expires: '2026-01-01T00:00:00Z' },
    { name: 'writer', tokenSha256: sha256(WRITER), write: ['own'] },
    { name: 'admin', tokenSha256: sha256(TOKEN), admin: true },
    ...more,
  ];
  writeFileSync(file, JSON.stringify({ accounts }));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wasl-access-'));
  file = join(folder, 'accounts.json');
  password = await hashPassword(PASSWORD, Buffer.alloc(16, 1));
  writeAccounts();
  database = await testDatabase();
  service = await start({
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    REGISTRY_ACCOUNTS_FILE: file,
  });
});
afterAll(async () => {
  await service.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** @param subject as it stands in the path */
async function register(subject: string, authorization?: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${service.url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': VND, ...(authorization ? { authorization } : {}), ...headers },
    body: JSON.stringify({ schemaType: 'JSON', schema: '{}' }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

describe('an account', () => {
  it.each([
    ['orders-value', ORDERS],
    ['%3A.shop%3Aanything', ORDERS],
    [':.shop:other', ORDERS],
    ['anything', ADMIN],
    ['%3A.dz.interior%3Aanything', ADMIN],
  ])('registers %s', async (subject, authorization) => {
    expect((await register(subject, authorization)).status).toBe(200);
  });

  it.each([
    ['orders'],
    ['Orders-value'],
    ['%20orders-value'],
    ['%3A.shop2%3Ax'],
    ['%3A.shop.x%3Ay'],
    ['%253A.shop%253Ax'],
    ['%3A*%3Aorders-value'],
    [':.dz.interior:orders-value'],
    ['x%2F..%2Forders-value'],
  ])('does not register %s', async (subject) => {
    const { status, body } = await register(subject, ORDERS);
    // What is no name at all may be refused as such.
    expect([403, 422]).toContain(status);
    if (status === 403)
      expect(body).toMatchObject({
        error_code: 40301,
        message: `User is denied operation Write on Subject: ${decodeURIComponent(subject)}`,
      });
  });

  it('that is no administrator does not govern contracts', async () => {
    const put = (authorization: string) =>
      fetch(`${service.url}/v1/contracts/shop.order.v1`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization },
        body: '{}',
      });
    expect((await put(ORDERS)).status).toBe(403);
    expect((await put(ADMIN)).status).toBe(400);
  });
});

describe('without good credentials', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['none', undefined],
    ['a wrong password', basic('orders:wrong')],
    ['an unknown account', basic(`nobody:${PASSWORD}`)],
    ['a wrong token', 'Bearer wasl_wrong'],
    ['an account that has ended', `Bearer ${ENDED}`],
    ['a token of a bus', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['nonsense', 'Basic ÿ'],
    ['a password in the place of a token', `Bearer ${PASSWORD.replaceAll(' ', '')}`],
  ])('(%s) registering is refused with a challenge', async (_name, authorization) => {
    const { status, headers, body } = await register('orders-value', authorization);
    expect(status).toBe(401);
    expect(body).toEqual({ error_code: 40101, message: expect.any(String) });
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm="schema-registry".*, Bearer /);
  });

  it('two Authorization headers are none', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = ['host', 'x', 'content-type', VND, 'authorization', ADMIN, 'Authorization', ADMIN];
      const call = httpRequest(
        `${service.url}/subjects/a/versions`,
        { method: 'POST', headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      call.on('error', reject);
      call.end('{}');
    });
    expect(status).toBe(401);
  });

  it('headers that claim to know better change nothing', async () => {
    const headers = {
      'x-forwarded-user': 'admin',
      'x-remote-user': 'admin',
      'x-original-url': '/',
      'x-http-method-override': 'GET',
      'x-forward': 'true',
    };
    expect((await register('orders-value', undefined, headers)).status).toBe(401);
  });

  it('reading is open unless it is not to be', async () => {
    expect((await fetch(`${service.url}/subjects`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/`)).text()).toBe('{}');
  });
});

describe('an account with rights to settings', () => {
  const put = (path: string, body: object, authorization = ORDERS) =>
    fetch(service.url + path, {
      method: 'PUT',
      headers: { 'content-type': VND, authorization },
      body: JSON.stringify(body),
    });

  it.each([
    ['/config/orders-value', { compatibility: 'NONE' }],
    ['/config/:.shop:', { compatibility: 'NONE' }],
    ['/config/not-to-be-written', { compatibility: 'NONE' }],
    ['/mode/orders-value', { mode: 'READONLY' }],
    ['/mode/orders-value', { mode: 'READWRITE' }],
  ])('changes %s to %j', async (path, body) => expect((await put(path, body)).status).toBe(200));

  it.each([
    ['/config', { compatibility: 'NONE' }],
    ['/config/', { compatibility: 'NONE' }],
    ['//config', { compatibility: 'NONE' }],
    ['/config/:.:', { compatibility: 'NONE' }],
    ['/config/:.', { compatibility: 'NONE' }],
    ['/contexts/:.:/config', { compatibility: 'NONE' }],
    ['/contexts/.__GLOBAL/config', { compatibility: 'NONE' }],
    ['/config/:.__GLOBAL:', { compatibility: 'NONE' }],
    ['/config/%3A*%3A', { compatibility: 'NONE' }],
    ['/mode', { mode: 'IMPORT' }],
    ['/mode/:.:', { mode: 'IMPORT' }],
    ['/mode/orders-value?force=true', { mode: 'IMPORT' }],
    ['/mode/orders-value?force=TRUE', { mode: 'IMPORT' }],
  ])('does not change %s to %j', async (path, body) => {
    expect((await put(path, body)).status).toBe(403);
  });

  it('is needed even for what changes nothing', async () => {
    const level = { compatibility: 'BACKWARD' };
    expect((await put('/config/orders-value2', level, 'Bearer wasl_wrong')).status).toBe(401);
    expect((await put('/config/orders-value2', level)).status).toBe(200);
    expect((await put('/config/:.dz:x', level, `Bearer ${WRITER}`)).status).toBe(403);
  });

  it('does not register with an id, nor by force', async () => {
    const register = (query: string, more: object) =>
      fetch(`${service.url}/subjects/orders-imported/versions${query}`, {
        method: 'POST',
        headers: { 'content-type': VND, authorization: ORDERS },
        body: JSON.stringify({ schemaType: 'JSON', schema: '{"title":"imported"}', ...more }),
      });
    expect((await register('', { id: 7, version: 1 })).status).toBe(403);
    expect((await register('?force=true', {})).status).toBe(403);
    expect((await register('', {})).status).toBe(200);
  });

  it('does not delete, since it was not given the right', async () => {
    const remove = (path: string) =>
      fetch(service.url + path, { method: 'DELETE', headers: { authorization: ORDERS } });
    expect((await remove('/subjects/orders-value')).status).toBe(403);
    expect((await remove('/subjects/orders-value/versions/1?permanent=true')).status).toBe(403);
    expect((await remove('/contexts/.shop')).status).toBe(403);
  });
});

describe('where reading is for accounts', () => {
  let closed: RunningService;
  beforeAll(async () => {
    await register('hidden', ADMIN);
    closed = await start({
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.url,
      REGISTRY_ACCOUNTS_FILE: file,
      REGISTRY_READ: 'accounts',
    });
  });
  afterAll(() => closed.close());

  const get = (path: string, authorization?: string) =>
    fetch(closed.url + path, authorization ? { headers: { authorization } } : {});

  it.each([
    '/subjects',
    '/schemas',
    '/schemas/ids/1',
    '/config',
    '/subjects/hidden/versions/1',
    '/v1/contracts',
  ])('%s is refused without credentials, and open to administrators', async (path) => {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, ADMIN)).status).toBe(200);
  });

  it.each(['/', '/health/ready', '/schemas/types'])('%s stays open', async (path) => {
    expect((await get(path)).status).toBe(200);
  });

  it('shows an account what it may read', async () => {
    writeFileSync(
      file,
      JSON.stringify({ accounts: [{ name: 'one', tokenSha256: sha256('wasl_one'), read: ['orders-*'] }] }),
    );
    const one = 'Bearer wasl_one';
    await vi.waitFor(async () => expect((await get('/subjects', one)).status).toBe(200), {
      timeout: 10_000,
      interval: 300,
    });
    const subjects = (await (await get('/subjects', one)).json()) as string[];
    expect(subjects).toContain('orders-value');
    expect(subjects.filter((subject) => !subject.startsWith('orders-'))).toEqual([]);
    // What it may not read takes no room in a page.
    expect(await (await get('/subjects?limit=1', one)).json()).toEqual([subjects[0]]);
    expect(await (await get('/schemas?limit=1', one)).json()).toMatchObject([{ subject: subjects[0] }]);
    expect(await (await get(`/subjects?offset=${subjects.length}`, one)).json()).toEqual([]);
    expect((await get('/subjects/hidden/versions', one)).status).toBe(403);
    expect((await get('/v1/contracts', one)).status).toBe(403);
    writeAccounts();
    await vi.waitFor(async () => expect((await get('/subjects', ADMIN)).status).toBe(200), {
      timeout: 10_000,
      interval: 300,
    });
  });
});

it('an account that is added to the file counts without a restart', async () => {
  writeAccounts({ name: 'late', tokenSha256: sha256('wasl_late'), write: ['late'] });
  await vi.waitFor(async () => expect((await register('late', 'Bearer wasl_late')).status).toBe(200), {
    timeout: 10_000,
    interval: 500,
  });
  writeAccounts();
  await vi.waitFor(async () => expect((await register('late', 'Bearer wasl_late')).status).toBe(401), {
    timeout: 10_000,
    interval: 500,
  });
});

it('whoever guesses has to wait, whatever address a header claims', async () => {
  const answers = [];
  for (let guess = 0; guess < 15; guess += 1) {
    answers.push(await register('x', `Bearer guess${guess}`, { 'x-forwarded-for': `192.0.2.${guess}` }));
  }
  const last = answers.at(-1)!;
  expect(last.status).toBe(429);
  expect(last.body.error_code).toBe(429);
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await register('anything', ADMIN)).status).toBe(200);
});
