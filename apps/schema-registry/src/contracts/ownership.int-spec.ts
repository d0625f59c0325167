import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOVERNANCE, PUBLISHER, STEWARD, STRANGER } from '../spec-harness.js';
import { COLLEAGUE, LifecycleRegistry } from './spec-lifecycle.js';

const INTERIOR = 'urn:wasl:dz:interior';
const EDUCATION = 'urn:wasl:dz:education';
const SCHEMA = JSON.stringify({ type: 'object' });
const SUNSET = new Date(Date.now() + 365 * 86_400_000).toISOString();

let lifecycle: LifecycleRegistry;
let count = 0;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
});
afterAll(() => lifecycle.stop());

const put = (topic: string, as: string, owner: string) => {
  const name = topic.replace(/\.v\d+$/, '');
  return lifecycle.call('PUT', topic, { as, body: { ...GOVERNANCE, name, owner } });
};
const fresh = () => `owners.contract-${++count}`;

describe('the majors of a contract', () => {
  it('are taken by whoever owns the others, by a steward, and by nobody else', async () => {
    const name = fresh();
    expect((await put(`${name}.v2`, PUBLISHER, INTERIOR)).status).toBe(201);
    for (const major of [1, 3, 9]) {
      for (const owner of [EDUCATION, INTERIOR]) {
        const refused = await put(`${name}.v${major}`, STRANGER, owner);
        expect(refused).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
      }
      expect((await put(`${name}.v${major}`, PUBLISHER, EDUCATION)).status).toBe(403);
    }
    expect((await put(`${name}.v3`, COLLEAGUE, INTERIOR)).status).toBe(201);
    expect((await put(`${name}.v4`, STEWARD, EDUCATION)).status).toBe(201);
    // Two members own majors now: which of them has the next one is not theirs to say.
    for (const [as, owner] of [
      [PUBLISHER, INTERIOR],
      [STRANGER, EDUCATION],
    ] as const) {
      expect((await put(`${name}.v5`, as, owner)).status).toBe(403);
    }
    // What one owns stays one's own.
    expect((await put(`${name}.v4`, STRANGER, EDUCATION)).status).toBe(200);
    expect((await put(`${name}.v3`, PUBLISHER, INTERIOR)).status).toBe(200);
  });

  it('go to one member, though several ask for a free name at once', async () => {
    for (let round = 0; round < 5; round++) {
      const name = fresh();
      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6].map((major) =>
          major % 2 === 0
            ? put(`${name}.v${major}`, PUBLISHER, INTERIOR)
            : put(`${name}.v${major}`, STRANGER, EDUCATION),
        ),
      );
      const made = answers.filter(({ status }) => status === 201);
      expect(answers.filter(({ status }) => status === 403)).toHaveLength(3);
      expect(new Set(made.map(({ body }) => body.owner)).size).toBe(1);
      expect(made).toHaveLength(3);
    }
  });
});

describe('a draft', () => {
  it('replaces no major of another member, unless a steward writes it, and none that nobody governs', async () => {
    const name = fresh();
    await lifecycle.govern(`${name}.v1`);
    await lifecycle.registry.register(`${name}.v1-value`, { type: 'object' });
    expect((await put(`${name}.v3`, STEWARD, EDUCATION)).status).toBe(201);
    const draft = (as: string, major: number) =>
      lifecycle.call('PUT', `${name}.v3/draft`, {
        ...{ as, body: { schema: SCHEMA, replaces: { topic: `${name}.v${major}`, sunset: SUNSET } } },
      });
    expect(await draft(STRANGER, 1)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
    for (const as of [STRANGER, STEWARD]) expect((await draft(as, 2)).status).toBe(404);
    expect((await lifecycle.call('GET', `${name}.v3/draft`, { as: STRANGER })).status).toBe(404);
    expect((await draft(STEWARD, 1)).status).toBe(201);
  });
});

it('a contract stored with an owner that is written wrongly stays readable, and is not written so again', async () => {
  const topic = await lifecycle.topicWith({ type: 'object' });
  const owner = `${INTERIOR}-`;
  await lifecycle.registry.pool.query('update contract set owner = $2 where topic = $1', [topic, owner]);
  expect(await lifecycle.call('GET', topic)).toMatchObject({ status: 200, body: { topic, owner } });
  const listed = await lifecycle.registry.call('GET', '/v1/contracts');
  expect(listed.body.items).toContainEqual(expect.objectContaining({ topic, owner }));
  for (const format of ['odcs', 'asyncapi', 'json-schema', 'typescript'])
    expect((await lifecycle.call('GET', `${topic}/export?format=${format}`)).status).toBe(200);
  expect((await lifecycle.call('GET', `${topic}/history`, { as: STEWARD })).status).toBe(200);
  const { status, body } = await put(topic, STEWARD, owner);
  expect([status, body.errors]).toEqual([
    400,
    [{ pointer: '/owner', rule: 'pattern', message: expect.stringContaining('the URN of a member') }],
  ]);
  expect((await put(topic, STEWARD, INTERIOR)).status).toBe(200);
});
