import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#testing';
import type { RunningService } from '#service';
import { SCHEMA, start } from '../app.js';
import { DEFAULT_CONTEXT } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import { SchemaStore } from './schema-store.js';

let database: TestDatabase;
let service: RunningService;
let pool: Pool;
let statements = 0;
beforeAll(async () => {
  database = await testDatabase();
  const env = { HOST: '127.0.0.1', PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'fatal' };
  service = await start({ ...env, REGISTRY_AUTH: 'off' });
  pool = new Pool({ connectionString: database.url, options: `-c search_path=${SCHEMA}`, max: 1 });
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    statements += 1;
    return query(...args);
  }) as typeof pool.query;
});
afterAll(async () => {
  await pool?.end();
  await service?.close();
  await database?.drop();
});

const before = (version: number) =>
  Array.from({ length: version - 1 }, (_, index) => ({
    name: `n${index + 1}`,
    subject: 'tangle',
    version: index + 1,
  }));

describe('references that take many paths to the same schemas', () => {
  it('cost a statement for what is new, not for each path', async () => {
    for (let version = 1; version <= 30; version += 1) {
      const response = await fetch(`${service.url}/subjects/tangle/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          schemaType: 'JSON',
          schema: JSON.stringify({ title: `v${version}` }),
          references: before(version),
        }),
      });
      expect(response.status, await response.text()).toBe(200);
    }
    const resolver = new ReferenceResolver(new SchemaStore(pool));
    statements = 0;
    const found = new Map();
    const { references, texts } = await resolver.resolve(DEFAULT_CONTEXT, before(31), { found });
    expect(references).toEqual(before(31));
    expect([...texts]).toEqual(before(31).map(({ name }, n) => [name, `{"title":"v${n + 1}"}`]));
    expect(statements).toBeLessThanOrEqual(30);
    // For the other versions of a comparison everything is known by then.
    const asked = statements;
    for (let version = 2; version <= 31; version += 1)
      await resolver.resolve(DEFAULT_CONTEXT, before(version), { found });
    expect(statements).toBe(asked);
  });
});
