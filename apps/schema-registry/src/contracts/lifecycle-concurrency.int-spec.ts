import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningService } from '#service';
import { type Json, PUBLISHER, STEWARD } from '../spec-harness.js';
import { LifecycleRegistry, SECOND_STEWARD } from './spec-lifecycle.js';

const SCHEMA = { type: 'object', properties: { name: { type: 'string', maxLength: 100 } } };

let lifecycle: LifecycleRegistry;
let other: RunningService;
beforeAll(async () => {
  lifecycle = await LifecycleRegistry.start();
  other = await lifecycle.registry.startInstance();
});
afterAll(() => lifecycle.stop());

/** Runs work while every insert into a table fails, as when the process is killed there. */
async function whileBroken<T>(table: string, work: () => Promise<T>): Promise<T> {
  const { pool } = lifecycle.registry;
  await pool.query(`create function break() returns trigger language plpgsql as $$ begin raise 'killed'; end $$;
    create trigger break before insert on ${table} for each row execute function break();`);
  try {
    return await work();
  } finally {
    await pool.query(`drop trigger break on ${table}; drop function break();`);
  }
}

describe('two instances over one database', () => {
  it('activate a draft once, however many approve it at once', async () => {
    const topic = 'together.approved.v1';
    await lifecycle.govern(topic);
    const ifMatch = await lifecycle.submitted(topic, SCHEMA);
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        lifecycle.call('POST', `${topic}/draft/approve`, {
          ...{ as: n % 3 === 0 ? SECOND_STEWARD : STEWARD, ifMatch },
          ...(n % 2 === 0 ? {} : { on: other }),
        }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await lifecycle.call('GET', topic)).body.versions).toHaveLength(1);
    const approvals = (await lifecycle.evidence(topic, 4)).filter(
      ({ name }) => name === 'ContractDraftApproved',
    );
    expect(approvals).toHaveLength(1);
  });

  it('never activate a draft that is edited at the same moment as it is approved', async () => {
    for (let round = 0; round < 8; round++) {
      const topic = `together.swapped-${round}.v1`;
      await lifecycle.govern(topic);
      const ifMatch = await lifecycle.submitted(topic, SCHEMA);
      const body = { schema: JSON.stringify({ ...SCHEMA, title: 'swapped' }) };
      const [approved, edited] = await Promise.all([
        lifecycle.call('POST', `${topic}/draft/approve`, { as: STEWARD, ifMatch }),
        lifecycle.call('PUT', `${topic}/draft`, { as: PUBLISHER, body, ifMatch, on: other }),
      ]);
      const { versions } = (await lifecycle.call('GET', topic)).body;
      expect(versions).toHaveLength(approved.status === 200 ? 1 : 0);
      if (approved.status === 200) expect(edited.status).toBe(412);
      else expect([[409, 412].includes(approved.status), edited.status]).toEqual([true, 200]);
      if (versions.length === 0) continue;
      const latest = await lifecycle.registry.call('GET', `/subjects/${topic}-value/versions/1/schema`);
      expect(latest.body).toEqual(SCHEMA);
    }
  });

  it('decide about a version one after the other', async () => {
    const topic = 'together.deprecated.v1';
    await lifecycle.govern(topic);
    await lifecycle.activated(topic, SCHEMA);
    const sunset = new Date(Date.now() + 60 * 86_400_000).toISOString();
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        lifecycle.call('POST', `${topic}/versions/1/deprecate`, {
          ...{ as: PUBLISHER, body: { sunset } },
          ...(n % 2 === 0 ? {} : { on: other }),
        }),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.since}`)).size).toBe(1);
    const evidence = await lifecycle.evidence(topic, 5);
    expect(evidence.filter(({ name }) => name === 'ContractVersionDeprecated')).toHaveLength(1);
  });
});

describe('a registry that is killed', () => {
  it.each(['subject_version', 'contract_version_state', 'contract_history', 'outbox'])(
    'while it approves, at the insert into %s, leaves the draft in review and nothing else',
    async (table) => {
      const topic = `killed.${table.replaceAll('_', '-')}.v1`;
      await lifecycle.govern(topic);
      const ifMatch = await lifecycle.submitted(topic, { ...SCHEMA, title: table });
      const approve = () => lifecycle.call('POST', `${topic}/draft/approve`, { as: STEWARD, ifMatch });
      expect(await whileBroken(table, approve)).toMatchObject({
        status: 500,
        body: { code: 'internal', detail: '' },
      });
      expect((await lifecycle.call('GET', `${topic}/draft`, { as: PUBLISHER })).body.status).toBe(
        'in-review',
      );
      expect((await lifecycle.call('GET', topic)).body.versions).toEqual([]);
      expect(await approve()).toMatchObject({ status: 200, body: { version: 1 } });
      expect(await lifecycle.versionRecords(topic, 1)).toHaveLength(1);
      const approvals = (items: Json[]) => items.filter(({ name }) => name === 'ContractDraftApproved');
      expect(approvals(await lifecycle.evidence(topic, 4))).toHaveLength(1);
    },
  );
});
