import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningService } from '#service';
import { testDatabase } from '#testing';
import { SCHEMA, start } from '../app.js';
import { json } from '../conformance/spec-api.js';

let pool: Pool;
let instances: RunningService[];
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await testDatabase();
  drop = () => database.drop();
  const env = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'fatal', DATABASE_URL: database.url };
  const instance = () => start({ ...env, WASL_TOKEN_ISSUER: 'http://directory.test', REGISTRY_AUTH: 'off' });
  instances = [await instance(), await instance()];
  pool = new Pool({ connectionString: database.url, options: `-c search_path=${SCHEMA}`, max: 3 });
});
afterAll(async () => {
  for (const instance of instances ?? []) await instance.close();
  await pool?.end();
  await drop?.();
});

/** @returns the status, with the body where it is an error */
async function call(on: number, request: string, body?: object): Promise<string> {
  const [method = '', path = ''] = request.split(' ');
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(instances[on]!.url + path, { method, headers, ...sent });
  const text = await answer.text();
  return answer.ok ? String(answer.status) : `${answer.status} ${text}`;
}

interface Part {
  subject: string;
  title: string;
}
/** Associates a topic with a subject of its keys and one of its values, each with its schema. */
const associate = (
  on: number,
  topic: string,
  [key, value]: Part[],
  lifecycle: 'WEAK' | 'STRONG' = 'WEAK',
) => {
  const part = ({ subject, title }: Part) => ({
    ...{ subject, lifecycle, schema: json({ type: 'object', title }) },
  });
  return call(on, 'PUT /associations', {
    ...{ resourceName: topic, resourceNamespace: 'ns', resourceId: topic },
    associations: [
      { ...part(key!), associationType: 'key' },
      { ...part(value!), associationType: 'value' },
    ],
  });
};

/** Starts one work after the other while a lock holds all of them up, then lets them go on. */
async function heldUp(
  lock: string,
  works: (() => Promise<string>)[],
  meanwhile?: (holder: PoolClient) => Promise<unknown>,
): Promise<string[]> {
  const holder = await pool.connect();
  const answers: Promise<string>[] = [];
  await holder.query('begin');
  await holder.query(lock);
  for (const work of works) {
    answers.push(work());
    await waiting(answers.length);
  }
  await meanwhile?.(holder);
  await holder.query('commit');
  holder.release();
  return Promise.all(answers);
}

async function waiting(sessions: number): Promise<void> {
  const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await pool.query(sql)).rowCount! < sessions) await sleep(10);
}

const part = (subject: string, title = subject): Part => ({ subject, title });

it('two that make the same new contexts in opposite order both get them', async () => {
  const answers = await heldUp('lock table context in share row exclusive mode', [
    () => associate(0, 'there', [part(':.one:there-k'), part(':.two:there-v')]),
    () => associate(1, 'back', [part(':.two:back-k'), part(':.one:back-v')]),
  ]);
  expect(answers).toEqual(['200', '200']);
});

it('two that name the same subjects and contents in opposite order both get them', async () => {
  for (let round = 0; round < 10; round += 1) {
    const parts = [part('shared-a', 'same a'), part('shared-b', 'same b')];
    const answers = await heldUp('lock table association in share row exclusive mode', [
      () => associate(0, `to-${round}`, parts),
      () => associate(1, `fro-${round}`, parts.toReversed()),
    ]);
    expect(answers).toEqual(['200', '200']);
  }
});

it('a deletion of subjects and one of the modes of their context both get through', async () => {
  expect(await associate(0, 'modes', [part(':.modes:k'), part(':.modes:v')], 'STRONG')).toBe('200');
  // The mode of the value comes first in the table, that of the key in the deletion.
  for (const subject of ['v', 'k'])
    expect(await call(0, `PUT /mode/:.modes:${subject}`, { mode: 'READWRITE' })).toBe('200');
  const answers = await heldUp(`select from subject_version where subject = 'v' for update`, [
    () => call(0, 'DELETE /associations/resources/modes?cascadeLifecycle=true'),
    () => call(1, 'DELETE /mode/:.modes:?recursive=true'),
  ]);
  expect(answers[0]).toBe('204');
  expect(answers[1]).not.toContain('500');
});

it('what is frozen while its deletion waits is not deleted', async () => {
  expect(await associate(0, 'freezes', [part('freezes-k'), part('freezes-v')], 'STRONG')).toBe('200');
  const answers = await heldUp(
    `select pg_advisory_xact_lock(hashtext('wasl.registry.resource'), hashtext('id topic freezes'))`,
    [() => call(1, 'DELETE /associations/resources/freezes')],
    (holder) => holder.query(`update association set frozen = true where resource_id = 'freezes'`),
  );
  expect(answers[0]).toMatch(/^409 .*40908/);
  const found = `${instances[0]!.url}/associations/resources/freezes`;
  expect(await (await fetch(found)).json()).toHaveLength(2);
});
