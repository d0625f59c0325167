import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKey } from '#protocol';
import type { Environment, RunningService } from '#service';
import { type TestDatabase, testDatabase } from '#testing';
import { SCHEMA, start } from './app.js';
import { GOVERNANCE } from './spec-harness.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = new Pool({ connectionString: database.url, options: `-c search_path=${SCHEMA}`, max: 1 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Runs a registry that is given a database, and what else `env` says, for as long as `use` takes. */
async function running<T>(env: Environment, use: (service: RunningService) => Promise<T>): Promise<T> {
  const service = await start({ PORT: '0', LOG_LEVEL: 'fatal', DATABASE_URL: database.url, ...env });
  try {
    return await use(service);
  } finally {
    await service.close();
  }
}

async function register({ url }: RunningService, subject: string, schema: object): Promise<number> {
  const { status } = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'JSON', schema: JSON.stringify(schema) }),
  });
  return status;
}

async function waiting(): Promise<{ topic: string }[]> {
  return (await pool.query<{ topic: string }>('select topic from outbox order by id')).rows;
}

describe('on nothing but a PostgreSQL', () => {
  it('is ready, answers, and says in / nothing but {}', () =>
    running({}, async ({ url }) => {
      expect((await fetch(`${url}/health/ready`)).status).toBe(200);
      expect(await (await fetch(`${url}/`)).text()).toBe('{}');
      expect(await (await fetch(`${url}/subjects`)).json()).toEqual([]);
    }));

  it('lets nobody write without accounts, and asks for credentials', () =>
    running({}, async (service) => {
      expect(await register(service, 'orders-value', {})).toBe(401);
    }));

  it('announces nothing', () =>
    running({ REGISTRY_AUTH: 'off' }, async (service) => {
      expect(await register(service, 'civil-status.birth.v1-value', { title: 'off' })).toBe(200);
      expect(await waiting()).toEqual([]);
    }));

  it('lets what it would announce wait in the outbox when told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasl-alone-'));
    const keyFile = join(folder, 'own.jwk.json');
    writeFileSync(keyFile, JSON.stringify(generateKey('Ed25519').jwk));
    const env = { REGISTRY_AUTH: 'off', REGISTRY_OUTBOX: 'keep', WASL_KEY_FILE: keyFile };
    await running(env, async (service) => {
      expect(await register(service, 'civil-status.birth.v1-value', { title: 'keep' })).toBe(200);
    });
    expect((await waiting()).map(({ topic }) => topic).sort()).toEqual([
      'wasl.control.contracts',
      'wasl.evidence',
    ]);
    rmSync(folder, { recursive: true });
  });

  it('takes the word of an administrator for who owns a contract', () =>
    running({ REGISTRY_AUTH: 'off' }, async ({ url }) => {
      const answer = await fetch(`${url}/v1/contracts/civil-status.birth.v2`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(GOVERNANCE),
      });
      expect(answer.status).toBe(201);
    }));
});

describe('readiness', () => {
  async function readiness(url: string): Promise<number> {
    return running({ DATABASE_URL: url }, async (service) => {
      expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
      return (await fetch(`${service.url}/health/ready`)).status;
    });
  }

  it('fails on a read-only database', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await pool.query(`alter database ${name} set default_transaction_read_only = on`);
    expect(await readiness(database.url)).toBe(503);
    await pool.query(
      `set transaction read write; alter database ${name} reset default_transaction_read_only`,
    );
    expect(await readiness(database.url)).toBe(200);
  });

  it('fails for a role that may not write', async () => {
    const url = new URL(database.url);
    const role = `${url.pathname.slice(1)}_reader`;
    await pool.query(`create role ${role} login password 'reader';
      grant usage on schema ${SCHEMA} to ${role};
      grant select on all tables in schema ${SCHEMA} to ${role}`);
    url.username = role;
    url.password = 'reader';
    expect(await readiness(url.href)).toBe(503);
    await pool.query(`drop owned by ${role}; drop role ${role}`);
  });
});
