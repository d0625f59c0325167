import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { json, specApi } from '../conformance/spec-api.js';

const api = specApi();

const titled = (title: string) => ({ type: 'object', title });
const versions = (subject: string) => `POST /subjects/${encodeURIComponent(subject)}/versions`;
const register = (subject: string, schema: object, more: object = {}) =>
  api.call(versions(subject), { ...json(schema), ...more });
/** A few milliseconds apart, so that they go through several transactions at once. */
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await sleep(index * 3);
      return work(index);
    }),
  );
const statuses = (answers: { status: number; body: unknown }[]) =>
  answers.map(({ status, body }) => (status === 200 ? 200 : JSON.stringify(body)));

describe('a content', () => {
  it('that is registered while its last version is deleted for good is there afterwards', async () => {
    for (let round = 0; round < 25; round += 1) {
      const schema = titled(`deleted ${round}`);
      const [going, coming] = [`going-${round}`, `coming-${round}`];
      await api.register(going, schema);
      await api.ok(`DELETE /subjects/${going}`);
      const [deleted, registered] = await Promise.all([
        api.call(`DELETE /subjects/${going}?permanent=true`),
        register(coming, schema),
      ]);
      expect(statuses([deleted, registered])).toEqual([200, 200]);
      const { id, schema: text } = await api.ok(`GET /subjects/${coming}/versions/1`);
      expect([id, JSON.parse(text)]).toEqual([registered.body.id, schema]);
    }
  });

  it('comes and goes with associations of two without deadlock', async () => {
    const associate = (name: string, key: object, value: object) =>
      api.call('POST /associations', {
        ...{ resourceName: name, resourceNamespace: 'ns', resourceId: name },
        associations: [
          { subject: `${name}-k`, associationType: 'key', lifecycle: 'STRONG', schema: json(key) },
          { subject: `${name}-v`, associationType: 'value', lifecycle: 'STRONG', schema: json(value) },
        ],
      });
    for (let round = 0; round < 8; round += 1) {
      const [x, y] = [titled(`x ${round}`), titled(`y ${round}`)];
      const made = await Promise.all([
        ...[associate(`p${round}`, x, y), associate(`q${round}`, y, x)],
        ...[register(`r${round}`, y), register(`s${round}`, x)],
      ]);
      const gone = await Promise.all([
        api.call(`DELETE /associations/resources/p${round}?cascadeLifecycle=true`),
        api.call(`DELETE /associations/resources/q${round}?cascadeLifecycle=true`),
        ...[register(`t${round}`, x), register(`u${round}`, y)],
      ]);
      expect(statuses(made)).toEqual([200, 200, 200, 200]);
      expect(gone.map(({ status }) => status)).toEqual([204, 204, 200, 200]);
    }
  });
});

describe('contents imported at once', () => {
  it('have one row where id and content are the same, and one owner of an id where they are not', async () => {
    await api.ok('PUT /mode/:.same:', { mode: 'IMPORT' });
    for (let round = 1; round <= 6; round += 1) {
      const same = await times(24, (n) =>
        register(`:.same:s${round}-${n}`, titled(`same ${round}`), { id: round * 10, version: 1 }),
      );
      expect(statuses(same)).toEqual(Array(24).fill(200));
      const different = await times(6, (n) =>
        register(`:.same:d${round}-${n}`, titled(`d ${round} ${n}`), { id: round * 10 + 1, version: 1 }),
      );
      expect(different.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422, 422]);
    }
  });

  it('and registered meanwhile all get ids of their own', async () => {
    await api.ok('PUT /mode/:.mixed:', { mode: 'IMPORT' });
    await times(24, (n) => api.ok(`PUT /mode/:.mixed:own-${n}`, { mode: 'READWRITE' }));
    const answers = await times(48, (n) =>
      n % 2 === 0
        ? register(`:.mixed:given-${n / 2}`, titled(`given ${n}`), { id: (n + 2) * 500, version: 1 })
        : register(`:.mixed:own-${(n - 1) / 2}`, titled(`own ${n}`)),
    );
    expect(statuses(answers)).toEqual(Array(48).fill(200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(48);
    const { body } = await register(':.mixed:own-0', { ...titled('after'), description: 'all' });
    expect(body.id).toBeGreaterThan(48 * 500);
  });
});
