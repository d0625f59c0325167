import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONSUMER, GOVERNANCE, PUBLISHER, STEWARD, STRANGER, TestRegistry } from './spec-harness.js';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await TestRegistry.start();
  const body = { ...GOVERNANCE, name: 'civil-status.birth' };
  const put = await registry.call('PUT', '/v1/contracts/civil-status.birth.v1', { as: PUBLISHER, body });
  expect(put.status).toBe(201);
});
afterAll(() => registry.stop());

it.each([
  ['a publisher of the member', PUBLISHER, ':.dz.interior:drafts', 200],
  ['a steward', STEWARD, ':.dz.interior:drafts', 200],
  ['a publisher of another member', STRANGER, ':.dz.interior:drafts', 403],
  ['a consumer of the member', CONSUMER, ':.dz.social-protection:drafts', 403],
  ['a publisher of the member, beside it', PUBLISHER, ':.dz.interior2:drafts', 403],
  ['a publisher of the member, below it', PUBLISHER, ':.dz.interior.x:drafts', 403],
  ['a publisher of the member, encoded twice', PUBLISHER, '%3A.dz.interior%3Adrafts', 403],
  ['a publisher of the member, for its keys', PUBLISHER, 'civil-status.birth.v1-key', 200],
  ['a publisher of another member, for keys', STRANGER, 'civil-status.birth.v1-key', 403],
])('%s (%s) registers under %s: %s', async (_name, as, subject, status) => {
  const answer = await registry.register(subject, { title: 'a draft' }, { as });
  // Encoded twice it may be no subject at all.
  expect(status === 403 ? [403, 422] : [200]).toContain(answer.status);
  if (answer.status === 403)
    expect(answer.body).toEqual({
      error_code: 40301,
      message: `User is denied operation Write on Subject: ${subject}`,
    });
});
