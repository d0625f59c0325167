import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFile, type RunningService } from '#service';
import { type Answer, GOVERNANCE, PUBLISHER, STEWARD, TestRegistry } from './spec-harness.js';

let registry: TestRegistry;
let instances: RunningService[];
beforeAll(async () => {
  registry = await TestRegistry.start();
  instances = [registry.service, await registry.startInstance()];
});
afterAll(() => registry?.stop());

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const ids = (answers: Answer[]) => answers.map(({ body }) => body.id as number).sort((a, b) => a - b);
const count = async (table: string) =>
  Number((await registry.pool.query(`select count(*) as n from ${table}`)).rows[0].n);

describe('two instances over one database', () => {
  it('give dense, unique ids to different schemas registered at once', async () => {
    const answers = await times(60, (n) =>
      registry.register(`different-${n % 6}`, { title: `s${n}` }, { on: instances[n % 2]! }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
    expect(ids(answers)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    for (let subject = 0; subject < 6; subject += 1) {
      const { body } = await registry.call('GET', `/subjects/different-${subject}/versions`);
      expect(body).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  it('give one id and one version to the same schema registered at once', async () => {
    const before = await count('schema');
    const answers = await times(40, (n) =>
      registry.register('same', { title: 'same' }, { on: instances[n % 2]! }),
    );
    expect(new Set(ids(answers)).size).toBe(1);
    expect((await registry.call('GET', '/subjects/same/versions')).body).toEqual([1]);
    expect(await count('schema')).toBe(before + 1);
  });

  it('give one id to the same schema registered at once under many subjects, without deadlock', async () => {
    const before = await count('schema');
    const answers = await times(60, (n) =>
      registry.register(`shared-${n % 20}`, { title: `shared ${n % 3}` }, { on: instances[n % 2]! }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200));
    expect(new Set(ids(answers)).size).toBe(3);
    expect(await count('schema')).toBe(before + 3);
    // No id was wasted on the way: the next one follows.
    const { body } = await registry.register('next', { title: 'next' });
    expect(body.id).toBe(before + 4);
  });

  it('create one contract of the same governance published at once', async () => {
    const path = '/v1/contracts/civil-status.birth.v1';
    const answers = await times(10, (n) =>
      registry.call('PUT', path, { as: PUBLISHER, body: GOVERNANCE, on: instances[n % 2]! }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(9).fill(200), 201]);
  });

  it('see at once what the other registered', async () => {
    const { body } = await registry.register('visible', { title: 'visible' }, { on: instances[0]! });
    const found = await registry.call('GET', `/schemas/ids/${body.id}`, { on: instances[1]! });
    expect(JSON.parse(found.body.schema)).toEqual({ title: 'visible' });
  });
});

describe('a registration that fails half-way', () => {
  const nothingOf = async (subject: string) => {
    expect((await registry.call('GET', `/subjects/${subject}/versions`)).status).toBe(404);
    expect(await registry.control(() => true)).not.toContainEqual(
      expect.objectContaining({ topic: subject.slice(0, -6) }),
    );
  };

  it('leaves nothing when its evidence cannot be written', async () => {
    const [subject, before] = ['half.way.v1-value', await count('schema')];
    await registry.pool.query('alter table outbox rename to outbox_gone');
    const failed = await registry.register(subject, { title: 'half-way' });
    await registry.pool.query('alter table outbox_gone rename to outbox');
    expect(failed).toMatchObject({
      status: 500,
      body: { error_code: 50001, message: 'Error in the backend datastore' },
    });
    await nothingOf(subject);
    expect(await count('schema')).toBe(before);
    expect((await registry.register(subject, { title: 'half-way' })).status).toBe(200);
    expect((await registry.register(subject, { title: 'half-way' })).status).toBe(200);
  });

  it('leaves nothing when its connection is killed before it commits', async () => {
    const subject = 'killed.half-way.v1-value';
    const blocker = await registry.pool.connect();
    await blocker.query('begin');
    await blocker.query('lock table outbox in access exclusive mode');
    const pending = registry.register(subject, { title: 'killed' });
    await killWaiting(`insert into "schema_registry".outbox%`);
    await blocker.query('rollback');
    blocker.release();
    expect((await pending).status).toBeGreaterThanOrEqual(500);
    await nothingOf(subject);
    expect((await registry.register(subject, { title: 'killed' })).status).toBe(200);
    const versions = (items: { kind: string; topic: string }[]) =>
      items.filter(({ kind, topic }) => kind === 'version' && topic === 'killed.half-way.v1');
    expect(versions(await registry.control((items) => versions(items).length > 0))).toHaveLength(1);
  });
});

it('what was registered before its contract is governed reaches the control topic too', async () => {
  await registry.register('late.contract.v1-value', { title: 'early' }, { as: STEWARD });
  const put = (as: string) =>
    registry.call('PUT', '/v1/contracts/late.contract.v1', {
      as,
      body: { ...GOVERNANCE, name: 'late.contract' },
    });
  expect((await put(PUBLISHER)).status).toBe(403);
  expect((await put(STEWARD)).status).toBe(201);
  const kinds = (items: { kind: string; topic: string }[]) =>
    items.filter(({ topic }) => topic === 'late.contract.v1').map(({ kind }) => kind);
  expect(kinds(await registry.control((items) => kinds(items).length >= 2))).toEqual(['version', 'contract']);
});

describe('the OpenAPI document', () => {
  const document = parse(readFileSync(projectFile('apps/schema-registry/openapi.yaml'), 'utf8')) as {
    paths: Record<string, Record<string, { security?: object[] }>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => [method.toUpperCase(), path, operation.security !== undefined] as const),
  );

  it.each(operations)('%s %s exists, guarded: %s', async (method, path, guarded) => {
    const answer = await registry.call(method, path.replace('{id}', '1').replace(/\{\w+\}/g, '1'), {
      ...(method === 'GET' ? {} : { body: {} }),
    });
    expect(answer.status === 401).toBe(guarded);
    expect([404, 405]).not.toContain(answer.body.error_code);
    expect(answer.body.detail).not.toBe('nothing exists under this method and path');
  });
});

/** Ends the database session that waits in a statement of this shape, as soon as there is one. */
async function killWaiting(statement: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { rows } = await registry.pool.query(
      `select pg_terminate_backend(pid) as ended from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query ilike $1`,
      [statement],
    );
    if (rows.length > 0) return;
    await sleep(50);
  }
  throw new Error('no session waits');
}
