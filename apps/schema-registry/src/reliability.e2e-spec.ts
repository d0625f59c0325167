import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKey, parseEvidence } from '#protocol';
import { type TestDatabase, testDatabase, testFolder } from '#testing';
import { RegistryProcess } from './spec-process.js';

const TYPE = 'application/vnd.schemaregistry.v1+json';

interface Registered {
  subject: string;
  version: number;
  id: number;
  text: string;
}

let database: TestDatabase;
let pool: Pool;
let instances: RegistryProcess[];
beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, options: '-c search_path=schema_registry' });
  const key = join(testFolder(), 'registry.jwk.json');
  writeFileSync(key, JSON.stringify(generateKey('Ed25519').jwk), { mode: 0o600 });
  // Nobody empties the outbox: what a registration announces can be counted.
  const env = {
    ...{ DATABASE_URL: database.url, REGISTRY_AUTH: 'off', REGISTRY_OUTBOX: 'keep', WASL_KEY_FILE: key },
    ...{ WASL_TOKEN_ISSUER: 'http://directory.test', LOG_LEVEL: 'fatal' },
  };
  instances = [await RegistryProcess.start(env), await RegistryProcess.start(env)];
});
afterAll(async () => {
  await Promise.all((instances ?? []).map((instance) => instance.end('SIGKILL')));
  await pool?.end();
  await database?.drop();
});

async function call(url: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': TYPE, 'confluent-accept-unknown-properties': 'true' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function get<T>(path: string, { url } = instances[1]!): Promise<T> {
  const { status, body } = await call(url, path);
  expect(status, `${path}: ${JSON.stringify(body)}`).toBe(200);
  return body as T;
}

/** @throws when the instance dies before it has answered */
async function register(url: string, subject: string, text: string): Promise<Registered> {
  const answer = await call(url, `/subjects/${subject}/versions`, { schemaType: 'JSON', schema: text });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { id, version } = answer.body as Registered;
  return { subject, version, id, text };
}

const schema = (mark: string) => JSON.stringify({ title: mark, type: 'object' });
const from1 = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const ascending = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

/** Everything that the subjects hold, each version with the content that its id names. */
async function stored(subjects: string[]): Promise<Registered[]> {
  const all: Registered[] = [];
  for (const subject of subjects) {
    const versions = await get<number[]>(`/subjects/${subject}/versions`);
    expect(versions, subject).toEqual(from1(versions.length));
    for (const version of versions) {
      const found = await get<{ id: number; schema: string }>(`/subjects/${subject}/versions/${version}`);
      const byId = await get<{ schema: string }>(`/schemas/ids/${found.id}`, instances[0]);
      expect(byId.schema).toBe(found.schema);
      all.push({ subject, version, id: found.id, text: found.schema });
    }
  }
  return all;
}

/** What waits in the outbox: `subject version id` of each control record and of each piece of evidence. */
async function announced(): Promise<{ control: string[]; evidence: string[] }> {
  const { rows } = await pool.query<{ topic: string; value: Buffer }>('select topic, value from outbox');
  const control: string[] = [];
  const evidence: string[] = [];
  for (const { topic, value } of rows) {
    if (topic === 'wasl.control.contracts') {
      const record = JSON.parse(value.toString()) as Record<string, unknown>;
      if (record['kind'] !== 'version') continue;
      control.push(`${String(record['topic'])}-value ${String(record['version'])} ${String(record['id'])}`);
    } else {
      const { event } = parseEvidence(value.toString('ascii'));
      if (event.name !== 'ContractVersionRegistered') continue;
      const { subject, version, id } = event.body as unknown as Registered;
      evidence.push(`${subject} ${version} ${id}`);
    }
  }
  return { control: control.sort(), evidence: evidence.sort() };
}

const line = ({ subject, version, id }: Registered) => `${subject} ${version} ${id}`;

describe('two processes over one database', () => {
  it('agree on ids and versions of different and of same schemas registered at once', async () => {
    const subjects = from1(8).map((n) => `crowd.s${n}.v1-value`);
    const jobs = from1(240).map((n) => ({
      url: instances[n % 2]!.url,
      subject: subjects[n % 8]!,
      // Two thirds are of their own, one third are ten contents, each asked for again and again and everywhere.
      text: n % 3 === 0 ? schema(`shared ${n % 10}`) : schema(`own ${n}`),
    }));
    const answers = await Promise.all(jobs.map(({ url, subject, text }) => register(url, subject, text)));

    const idOf = new Map<string, Set<number>>();
    for (const { text, id } of answers) idOf.set(text, (idOf.get(text) ?? new Set()).add(id));
    expect([...idOf.values()].every(({ size }) => size === 1)).toBe(true);
    expect(ascending([...idOf.values()].flatMap((ids) => [...ids]))).toEqual(from1(idOf.size));

    const all = await stored(subjects);
    const places = new Set(all.map(({ subject, text }) => `${subject} ${text}`));
    expect(places.size).toBe(all.length);
    expect(new Set(answers.map(line))).toEqual(new Set(all.map(line)));
    const { control, evidence } = await announced();
    expect(control).toEqual(all.map(line).sort());
    expect(evidence).toEqual(control);
  });

  it('leave no half of a registration when one is killed at any moment', async () => {
    const [victim, survivor] = instances as [RegistryProcess, RegistryProcess];
    const subjects = from1(6).map((n) => `killed.s${n}.v1-value`);
    const before = new Set((await announced()).evidence);
    const acknowledged: Registered[] = [];
    let stopped = false;
    let sent = 0;
    const worker = async (url: string): Promise<void> => {
      while (!stopped) {
        const n = (sent += 1);
        // Every tenth content was sent before, through whichever instance.
        const text = schema(`killed ${n % 10 === 0 ? n - 5 : n}`);
        await register(url, subjects[n % 6]!, text).then(
          (answer) => acknowledged.push(answer),
          // A dead instance gives no answer; what it did is checked below.
          (error: unknown) => (error instanceof TypeError ? sleep(20) : Promise.reject(error as Error)),
        );
      }
    };
    const workers = [victim, victim, victim, victim, survivor, survivor].map(({ url }) => worker(url));
    for (let round = 0; round < 4; round += 1) {
      await sleep(150 + Math.random() * 450);
      await victim.end('SIGKILL');
      await victim.start();
    }
    stopped = true;
    await Promise.all(workers);

    const all = await stored(subjects);
    const there = new Set(all.map(line));
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(acknowledged.map(line).filter((answer) => !there.has(answer))).toEqual([]);
    const textOf = new Map(all.map(({ id, text }) => [id, text]));
    expect(acknowledged.filter(({ id, text }) => textOf.get(id) !== text)).toEqual([]);
    expect(new Set(textOf.values()).size).toBe(textOf.size);
    const { control, evidence } = await announced();
    expect(evidence.filter((entry) => !before.has(entry))).toEqual([...there].sort());
    expect(control.filter((entry) => !before.has(entry))).toEqual([...there].sort());
  });
});
