import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { start } from './app.js';

const tokenSha256 = (token: string) => createHash('sha256').update(token).digest('hex');
const ACCOUNTS = [
  { name: 'admin', tokenSha256: tokenSha256('admin'), admin: true },
  { name: 'clerk', tokenSha256: tokenSha256('clerk'), read: ['*'], write: ['*'], config: ['*'] },
  { name: 'stranger', tokenSha256: tokenSha256('stranger'), read: [':.evil:*'], write: [':.evil:*'] },
];

let folder: string;
let database: TestDatabase;
let service: RunningService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wasl-contexts-'));
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts: ACCOUNTS }));
  database = await testDatabase();
  service = await start({
    ...{ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'fatal' },
    ...{ REGISTRY_ACCOUNTS_FILE: file, REGISTRY_READ: 'accounts' },
  });
});
afterAll(async () => {
  await service?.close();
  await database?.drop();
  rmSync(folder, { recursive: true });
});

async function call(as: string, method: string, path: string, body?: unknown) {
  const response = await fetch(service.url + path, {
    method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what came over the wire
  return { status: response.status, body: (await response.json()) as any };
}
const json = (schema: unknown, more: object = {}) => ({
  schemaType: 'JSON',
  schema: JSON.stringify(schema),
  ...more,
});
const versions = (subject: string) => `/subjects/${encodeURIComponent(subject)}/versions`;
const TOPIC = 'civil-status.birth.v1';

describe('what another context has', () => {
  it('is not taken for a topic of the bus, in a look-up or an export', async () => {
    await call('stranger', 'POST', versions(`:.evil:${TOPIC}-value`), json({ title: 'forged' }));
    expect((await call('admin', 'GET', `${versions(`${TOPIC}-value`)}/latest`)).body.error_code).toBe(40401);
    const lookUp = await call('admin', 'POST', `/subjects/${TOPIC}-value`, json({ title: 'forged' }));
    expect(lookUp.body.error_code).toBe(40401);
    expect((await call('admin', 'GET', `/v1/contracts/${TOPIC}/export?format=json-schema`)).status).toBe(404);
  });

  it('is not what a reference without a context means', async () => {
    await call('stranger', 'POST', versions(':.evil:common'), json({ title: 'forged' }));
    const references = [{ name: 'common', subject: 'common', version: 1 }];
    const answer = await call('clerk', 'POST', versions('user'), json({ $ref: 'common' }, { references }));
    expect(answer).toMatchObject({ status: 422, body: { error_code: 42201 } });
  });

  it('is listed by an alias only to who may read both', async () => {
    await call('stranger', 'POST', versions(':.evil:meant'), json({ title: 'meant' }));
    await call('admin', 'PUT', '/config/alias-of-evil', { alias: ':.evil:meant' });
    const listed = async (as: string) =>
      (await call(as, 'GET', '/schemas?subjectPrefix=alias-of&aliases=true')).body;
    expect(await listed('admin')).toMatchObject([{ subject: ':.evil:meant', aliases: ['alias-of-evil'] }]);
    for (const as of ['clerk', 'stranger']) expect(await listed(as)).toEqual([]);
  });

  it('is found by a subject without a context only by who may read it', async () => {
    await call('admin', 'POST', versions(':.secret:salary'), json({ title: 'secret' }));
    expect((await call('admin', 'GET', `${versions('salary')}/1`)).body.subject).toBe(':.secret:salary');
    expect((await call('clerk', 'GET', `${versions('salary')}/1`)).body.error_code).toBe(40401);
    expect((await call('clerk', 'POST', '/subjects/salary', json({ title: 'secret' }))).body.error_code).toBe(
      40401,
    );
  });

  it('is not learnt of by a reference to what one may not read', async () => {
    const references = [{ name: 's', subject: ':.secret:salary', version: 1 }];
    const body = json({ $ref: 's' }, { references });
    expect((await call('clerk', 'POST', versions('spy'), body)).status).toBe(403);
    expect(
      (await call('clerk', 'POST', '/compatibility/subjects/spy/versions?verbose=true', body)).status,
    ).toBe(403);
    expect((await call('clerk', 'POST', '/subjects/spy', body)).status).toBe(403);
  });

  it.each([':.::.__GLOBAL:', ':.::.secret:salary', ':.::.secret:'])(
    'is not configured through the name %s',
    async (name) => {
      const path = `/config/${encodeURIComponent(name)}`;
      expect((await call('clerk', 'PUT', path, { compatibility: 'NONE' })).status).toBeGreaterThanOrEqual(
        400,
      );
      const real = encodeURIComponent(name.slice(3));
      expect((await call('admin', 'GET', `/config/${real}`)).body.error_code).toBe(40408);
    },
  );
});

it('goes on while very many deletions lead nowhere', async () => {
  await call('clerk', 'POST', versions('kept'), json({ title: 'kept' }));
  const deletions = Array.from({ length: 40 }, () => call('admin', 'DELETE', `${versions('kept')}/99`));
  const others = Array.from({ length: 5 }, () => call('admin', 'GET', versions('kept')));
  expect((await Promise.all(deletions)).map(({ body }) => body.error_code)).toEqual(Array(40).fill(40402));
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(5).fill(200));
});

it('registers while very many ask for verdicts by meaning', async () => {
  const body = json({ title: 'kept', properties: { a: { type: 'string', pattern: '^a+$' } } });
  const questions = Array.from({ length: 40 }, () =>
    call('admin', 'POST', '/compatibility/subjects/kept/versions/latest?semantic=true', body),
  );
  const registered = await call(
    'admin',
    'POST',
    versions('tax.clearance.v1-value'),
    json({ type: 'object' }),
  );
  expect(registered.status).toBe(200);
  const statuses = new Set((await Promise.all(questions)).map(({ status }) => status));
  expect([...statuses].every((status) => status === 200 || status === 429)).toBe(true);
});
