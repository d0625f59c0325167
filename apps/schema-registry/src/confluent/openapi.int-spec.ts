import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFile, type RunningService } from '#service';
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

const METHODS = ['get', 'post', 'put', 'delete'];
const document = parse(readFileSync(projectFile('apps/schema-registry/openapi.yaml'), 'utf8')) as {
  paths: Record<string, Record<string, unknown>>;
};
const SAMPLES: Record<string, string> = {
  id: '1',
  guid: 'd41d8cd9-8f00-b204-e980-0998ecf8427e',
  version: '1',
};

/** A method that exists answers anything but 404 for the path, or 405. */
it('describes every route of the Confluent API, and none that is not there', async () => {
  const wrong: string[] = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    if (path.startsWith('/v1/') && !path.startsWith('/v1/metadata')) continue;
    const url = service.url + path.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLES[name] ?? 'nothing');
    for (const method of METHODS) {
      const response = await fetch(url, { method });
      const { error_code: code } =
        response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
      const exists = code !== 404 && code !== 405;
      if (exists !== method in methods) wrong.push(`${method} ${path}: ${String(code)}`);
    }
  }
  expect(wrong).toEqual([]);
});
