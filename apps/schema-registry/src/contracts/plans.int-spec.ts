import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMER, type Json, PUBLISHER, STEWARD, STRANGER } from '../spec-harness.js';
import { AUDITOR, inDays, type LifecycleCall, LifecycleRegistry, V1, V2 } from './spec-lifecycle.js';

let lifecycle: LifecycleRegistry;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
});
afterAll(() => lifecycle.stop());

const call = (method: string, path: string, options?: LifecycleCall) => lifecycle.call(method, path, options);
const topicWith = (...schemas: object[]) => lifecycle.topicWith(...schemas);
const statuses = (topic: string) => lifecycle.statuses(topic);

describe('a new major', () => {
  it('deprecates the one before as it becomes active, with the sunset that was announced', async () => {
    const old = await topicWith(V1, V2);
    const next = old.replace('.v1', '.v2');
    await lifecycle.govern(next);
    const sunset = inDays(180);
    const approved = await lifecycle.activated(
      next,
      { type: 'string' },
      { replaces: { topic: old, sunset } },
    );
    expect(approved).toMatchObject({ status: 200, body: { topic: next, version: 1, status: 'active' } });
    expect((await call('GET', old)).body.versions).toMatchObject([
      { version: 1, status: 'deprecated', sunset, successor: { topic: next } },
      { version: 2, status: 'deprecated', sunset, successor: { topic: next } },
    ]);
    const evidence = (await lifecycle.evidence(old, 3)).filter(
      ({ name }) => name === 'ContractVersionDeprecated',
    );
    expect(evidence.map(({ version, by }) => [version, by])).toEqual([
      [1, STEWARD],
      [2, STEWARD],
    ]);
  });
});

describe('a breaking change', () => {
  const BROKEN = { type: 'object', properties: { name: { type: 'integer' } } };

  it('is planned as the next major that is free, with a migration period and what to do', async () => {
    const topic = await topicWith(V1);
    await lifecycle.govern(topic.replace('.v1', '.v2'));
    const body = { schema: JSON.stringify(BROKEN) };
    const plan = (await call('POST', `${topic}/plan`, { as: PUBLISHER, body })).body;
    expect(plan).toMatchObject({
      change: 'breaking',
      confluent: { level: 'BACKWARD', policy: 'STRICT', compatible: false },
      offer: { topic: topic.replace('.v1', '.v3'), migrationPeriod: 'P180D' },
    });
    expect(plan.confluent.messages.length).toBeGreaterThan(0);
    expect(Date.parse(plan.offer.sunset)).toBeGreaterThan(Date.now() + 170 * 86_400_000);
    for (const step of plan.offer.steps) expect(Object.keys(step)).toEqual(['fr', 'ar', 'en']);
  });

  it('is neither submitted nor approved, saying where it breaks and how it can be published', async () => {
    const topic = await topicWith(V1);
    expect((await lifecycle.draft(topic, BROKEN)).status).toBe(201);
    const refused = await call('POST', `${topic}/draft/submit`, { as: PUBLISHER });
    expect(refused).toMatchObject({ status: 409, body: { code: 'breaking-change' } });
    expect(refused.body.detail).toContain(topic.replace('.v1', '.v2'));
    expect(refused.body.errors[0].message).toContain('name');
    // Submitted while it still fitted.
    const late = await topicWith();
    const ifMatch = await lifecycle.submitted(late, BROKEN);
    await lifecycle.registry.register(`${late}-value`, V1);
    const approval = await call('POST', `${late}/draft/approve`, { as: STEWARD, ifMatch });
    expect(approval).toMatchObject({ status: 409, body: { code: 'breaking-change' } });
    expect(await statuses(late)).toEqual(['1 active']);
  });

  it('is judged by the level of the subject', async () => {
    const topic = await topicWith(V1);
    const level = { as: STEWARD, body: { compatibility: 'NONE' } };
    expect((await lifecycle.registry.call('PUT', `/config/${topic}-value`, level)).status).toBe(200);
    expect(await lifecycle.activated(topic, BROKEN)).toMatchObject({ status: 200, body: { version: 2 } });
  });
});

describe('what is affected', () => {
  it('are consumers with an agreement in force, and who used a version in the last 90 days', async () => {
    const topic = await topicWith(V1);
    await lifecycle.registry.publish([
      {
        ...{ kind: 'agreement', id: 'a-1', consumer: CONSUMER, topic, purpose: 'p', legalBasis: 'b' },
        ...{ fields: null, quotaPerDay: null, notBefore: '2020-01-01T00:00:00Z', notAfter: null },
        ...{ status: 'approved', approvals: { publisher: PUBLISHER, steward: STEWARD } },
      },
    ]);
    await lifecycle.registry.pool.query(
      `insert into contract_use (topic, version, system, way, last_used_day, messages)
       values ($1, 1, $2, 'consume', current_date - 3, 7), ($1, 1, $3, 'consume', current_date - 100, 9),
              ($1, 1, $4, 'publish', current_date, 11)`,
      [topic, CONSUMER, STRANGER, PUBLISHER],
    );
    let affected: Json;
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      affected = (await call('GET', `${topic}/consumers`, { as: AUDITOR })).body;
      if (affected.consumers[0]?.agreements?.length) break;
    }
    const names = { fr: 'Nom', ar: 'اسم', en: 'Name' };
    expect(affected).toEqual({
      consumers: [
        {
          ...{ system: CONSUMER, names, agreements: ['a-1'] },
          use: [{ version: 1, lastUsed: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), messages: 7 }],
        },
      ],
      publishers: [{ system: PUBLISHER, names, use: [expect.objectContaining({ messages: 11 })] }],
    });
    const plan = await call('POST', `${topic}/plan`, { as: PUBLISHER, body: { schema: JSON.stringify(V2) } });
    expect(plan).toMatchObject({ status: 200, body: { topic, version: 2, ...affected } });
    expect(
      await call('POST', `${topic}/plan`, { as: PUBLISHER, body: { schema: JSON.stringify(V1) } }),
    ).toMatchObject({
      status: 200,
      body: { change: 'unchanged', version: 1 },
    });
    const strict = { schema: '{\n  "type": "object", "properties": { "name": { "type": "string" } }\n}' };
    const { lint } = (await call('POST', `${topic}/plan`, { as: PUBLISHER, body: strict })).body;
    expect(lint.map(({ line }: Json) => line)).toContain(2);
    // A plan changes nothing.
    expect(await statuses(topic)).toEqual(['1 active']);
  });

  it('is nobody yet where nothing is governed', async () => {
    const answer = await call('POST', 'versions.future.v1/plan', { as: PUBLISHER, body: { schema: '{}' } });
    expect(answer).toMatchObject({ status: 200, body: { change: 'first', version: 1, consumers: [] } });
  });
});
