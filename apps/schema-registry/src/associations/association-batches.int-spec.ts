import { describe, expect, it } from 'vitest';
import { json, type Json, specApi, V1 } from '../conformance/spec-api.js';

const api = specApi();

const resource = (name: string) => ({
  ...{ resourceName: name, resourceNamespace: 'lkc-1', resourceId: `id-${name}` },
});
const mutation = (name: string, ...associations: object[]) => ({ ...resource(name), associations });

async function batch(path: string, requests: unknown[]): Promise<Json[]> {
  const { status, body } = await api.call(`POST /associations:${path}`, { requests });
  expect(status, JSON.stringify(body)).toBe(207);
  return body.results;
}

describe('a batch', () => {
  it('gives each request a result or an error of its own', async () => {
    const own = { subject: 's-1', schema: json(V1), lifecycle: 'WEAK' };
    const results = await batch('batchMutate', [
      mutation('t-1', { opType: 'CREATE', ...own }, { opType: 'CREATE', ...own, associationType: 'key' }),
      mutation('t-2', { opType: 'CREATE', subject: 'nothing' }),
      mutation('t-3', { opType: 'UPSERT', ...own }),
      mutation('t-3', { opType: 'MOVE' }),
      'text',
      mutation('t-4', { opType: 'DELETE' }),
    ]);
    expect(results).toMatchObject([
      { result: { ...resource('t-1'), associations: [{ subject: 's-1' }, { associationType: 'key' }] } },
      { error: { error_code: 40907 } },
      { result: { resourceName: 't-3' } },
      { error: { error_code: 42212 } },
      { error: { error_code: 42212 } },
      { error: { error_code: 40410 } },
    ]);
    expect(
      await batch('batchGet', [resource('t-1'), { resourceId: 'id-t-3' }, { resourceId: 'none' }, {}]),
    ).toMatchObject([
      {
        result: {
          resourceName: 't-1',
          associations: [{ associationType: 'key' }, { associationType: 'value' }],
        },
      },
      { result: { ...resource('t-3'), associations: [{ subject: 's-1', lifecycle: 'WEAK' }] } },
      { result: { resourceId: 'none', associations: [] } },
      { error: { error_code: 42212 } },
    ]);
    const named = { resourceName: 't-1', resourceNamespace: '-', associationTypes: ['key'] };
    const found = await batch('batchGet', [named, { ...named, lifecycle: 'STRONG' }]);
    expect(found.map(({ result }) => result.associations.length)).toEqual([1, 0]);
    expect(
      await batch('batchMutate', [mutation('t-1', { opType: 'DELETE', associationType: 'key' })]),
    ).toMatchObject([{ result: { resourceName: 't-1' } }]);
    expect(await api.ok('GET /associations/resources/id-t-1')).toHaveLength(1);
  });

  it('does not do the rest of a request once a part is refused', async () => {
    const [answer] = await batch('batchMutate', [
      mutation(
        'part',
        { opType: 'CREATE', subject: 'void' },
        { opType: 'CREATE', subject: 'p', associationType: 'key', schema: json(V1) },
      ),
    ]);
    expect(answer.error.error_code).toBe(40907);
    expect(await api.ok('GET /associations/resources/id-part')).toEqual([]);
  });

  it('may only be tried', async () => {
    const { status, body } = await api.call('POST /associations:batchMutate?dryRun=true', {
      requests: [mutation('tried', { opType: 'CREATE', subject: 'tried', schema: json(V1) })],
    });
    expect([status, body.results]).toEqual([
      207,
      [{ result: { ...resource('tried'), resourceType: 'topic' } }],
    ]);
    expect(await api.ok('GET /associations/resources/id-tried')).toEqual([]);
  });

  it('is bounded, and has something in it', async () => {
    for (const path of ['batchGet', 'batchMutate']) {
      const many = { requests: Array.from({ length: 101 }, () => resource('x')) };
      expect((await api.refused(`POST /associations:${path}`, many)).slice(0, 2)).toEqual([422, 42213]);
      expect((await api.refused(`POST /associations:${path}`, { requests: [] })).slice(0, 2)).toEqual([
        422, 42212,
      ]);
      expect((await api.refused(`POST /associations:${path}`, [])).slice(0, 2)).toEqual([422, 42212]);
    }
  });
});

describe('whatever is sent', () => {
  const anything = [null, true, 7, 'text', '\u0000', '\ud800', [], {}, [null], { a: {} }, 1e300];
  const members = ['resourceName', 'resourceNamespace', 'resourceId', 'resourceType', 'associations'];
  const inside = ['subject', 'associationType', 'lifecycle', 'frozen', 'schema', 'normalize', 'opType'];

  it.each([...members, ...inside])('%s may be anything', async (member) => {
    for (const value of anything) {
      const info = {
        subject: 'any',
        schema: json(V1),
        ...(inside.includes(member) ? { [member]: value } : {}),
      };
      const body = { ...mutation('any', info), ...(members.includes(member) ? { [member]: value } : {}) };
      const operation = {
        ...mutation('any', { opType: 'UPSERT', ...info }),
        ...(members.includes(member) ? { [member]: value } : {}),
      };
      for (const [path, sent] of [
        ['POST /associations', body],
        ['PUT /associations', body],
        ['PUT /associations/resources/id-any', body],
        ['POST /associations:batchMutate', { requests: [operation, value] }],
        [
          'POST /associations:batchGet',
          { requests: [operation, value, { resourceId: value, associationTypes: [value] }] },
        ],
      ] as const) {
        const { status, body: answer } = await api.call(path, sent);
        expect(status, `${path} ${member} ${JSON.stringify(value)}: ${JSON.stringify(answer)}`).toBeLessThan(
          500,
        );
      }
    }
  });
});
