import { afterAll, beforeAll, expect, it } from 'vitest';
import { GOVERNANCE, PUBLISHER, STEWARD } from '../spec-harness.js';
import { LifecycleRegistry } from './spec-lifecycle.js';

const TOPIC = 'civil-status.birth.v1';
const SCHEMA = JSON.stringify({ type: 'object' });
const { titles } = GOVERNANCE;

let lifecycle: LifecycleRegistry;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
  await lifecycle.govern(TOPIC);
  await lifecycle.registry.register(`${TOPIC}-value`, { type: 'object' });
});
afterAll(() => lifecycle.stop());

it.each<[string, string, string, object, string]>([
  [PUBLISHER, 'PUT', `${TOPIC}/draft`, { schema: SCHEMA, note: 'a\0b' }, '/note'],
  [
    PUBLISHER,
    'PUT',
    `${TOPIC}/draft`,
    { schema: SCHEMA, metadata: { properties: { 'a\0': 'b' } } },
    '/metadata/properties/a\0',
  ],
  [PUBLISHER, 'POST', `${TOPIC}/plan`, { schema: `${SCHEMA}\0` }, '/schema'],
  [STEWARD, 'POST', `${TOPIC}/draft/send-back`, { reason: '\0' }, '/reason'],
  [STEWARD, 'POST', `${TOPIC}/versions/1/retire`, { reason: 'a\0b' }, '/reason'],
  [STEWARD, 'PUT', TOPIC, { ...GOVERNANCE, purpose: 'x\0' }, '/purpose'],
  [STEWARD, 'PUT', TOPIC, { ...GOVERNANCE, titles: { ...titles, fr: '\0' } }, '/titles/fr'],
])('U+0000 in a body is refused, saying where: %s %s %s', async (as, method, path, body, pointer) => {
  const answer = await lifecycle.call(method, path, { as, body });
  expect(answer).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } });
});

it.each([
  '?after=%00',
  '?after=a&after=%00',
  'a%00b',
  'a%00b/export?format=json-schema',
  `${TOPIC}/export?format=%00`,
  'export?format=asyncapi&owner=%00',
  'a%00b/history',
])('U+0000 in a path or query is refused: %s', async (path) => {
  const url = path.startsWith('?') ? `/v1/contracts${path}` : `/v1/contracts/${path}`;
  expect(await lifecycle.registry.call('GET', url, { as: STEWARD })).toMatchObject({
    ...{ status: 400, body: { code: 'malformed-request' } },
  });
});

it('nothing of it is left', async () => {
  const contract = await lifecycle.call('GET', TOPIC);
  expect(contract).toMatchObject({
    status: 200,
    body: { titles, versions: [{ version: 1, status: 'active' }] },
  });
  expect((await lifecycle.call('GET', `${TOPIC}/draft`, { as: PUBLISHER })).status).toBe(404);
});
