import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, STEWARD, TestRegistry } from '../spec-harness.js';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
});
afterAll(() => registry?.stop());

async function ok(method: string, path: string, body?: unknown): Promise<void> {
  const answer = await registry.call(method, path, { as: STEWARD, body });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(200);
}

/** Evidence of settings under names that start so, oldest first. */
async function changes(prefix: string, count: number): Promise<Json[]> {
  const about = (items: Json[]) =>
    items.filter(
      ({ name, subject }) => name === 'RegistrySettingChanged' && (subject as string)?.startsWith(prefix),
    );
  return about(await registry.evidence((items) => about(items).length >= count));
}

it('settings that go with the last version of a subject leave evidence', async () => {
  const schema = { schemaType: 'JSON', schema: '{"title":"dropped"}' };
  await ok('PUT', '/config/dropped', { compatibility: 'FULL', semanticPolicy: 'BLOCK' });
  await ok('POST', '/subjects/dropped/versions', schema);
  await ok('DELETE', '/subjects/dropped');
  const [set, gone, ...more] = await changes('dropped', 2);
  expect(set).toMatchObject({ by: STEWARD, config: { compatibilityLevel: 'FULL', semanticPolicy: 'BLOCK' } });
  expect(gone).toMatchObject({ by: STEWARD, subject: 'dropped' });
  expect(gone).not.toHaveProperty('config');
  expect(more).toEqual([]);
});

it('modes that are taken back with those of a context leave evidence, each', async () => {
  await ok('PUT', '/mode/:.r:a', { mode: 'READONLY' });
  await ok('PUT', '/config/:.r:b', { compatibility: 'NONE' });
  await ok('PUT', '/mode/:.r:b', { mode: 'READONLY' });
  await ok('DELETE', '/mode/:.r:?recursive=true');
  const last = new Map((await changes(':.r:', 6)).map((item) => [item.subject, item]));
  expect(last.get(':.r:a')).not.toHaveProperty('mode');
  expect(last.get(':.r:b')).not.toHaveProperty('mode');
  expect(last.get(':.r:b')).toMatchObject({ config: { compatibilityLevel: 'NONE' } });
});
