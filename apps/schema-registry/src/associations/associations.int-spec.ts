import { describe, expect, it } from 'vitest';
import { json, type Json, specApi, V1 } from '../conformance/spec-api.js';

const api = specApi();

const OTHER = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false };
const ON = 'lkc-1';

const request = (topic: string, ...associations: object[]) => ({
  ...{ resourceName: topic, resourceNamespace: ON, resourceId: `id-${topic}`, resourceType: 'topic' },
  associations,
});
const create = (topic: string, ...associations: object[]): Promise<Json> =>
  api.ok('POST /associations', request(topic, ...associations));
const refusedCreate = (topic: string, ...associations: object[]) =>
  api.refused('POST /associations', request(topic, ...associations));
const of = (topic: string, query = ''): Promise<Json[]> =>
  api.ok(`GET /associations/resources/-/${topic}${query}`);
const invalid = (property: string, reason: string) => [
  422,
  42212,
  `The association specified an invalid value for property: '${property}', reason: ${reason}`,
];

describe('an association', () => {
  it('registers its schemas and is found by subject, id and name', async () => {
    const answer = await create(
      'found.v1',
      { subject: 'found-k', associationType: 'key', schema: json(V1), lifecycle: 'WEAK' },
      { subject: 'found-v', schema: json(OTHER) },
    );
    expect(answer).toMatchObject({
      ...{
        resourceName: 'found.v1',
        resourceNamespace: ON,
        resourceId: 'id-found.v1',
        resourceType: 'topic',
      },
      associations: [
        { subject: 'found-k', associationType: 'key', lifecycle: 'WEAK', frozen: false },
        { subject: 'found-v', associationType: 'value', lifecycle: 'STRONG', frozen: false },
      ],
    });
    expect(answer.associations[1].schema).toMatchObject({ subject: 'found-v', version: 1 });
    const all = await of('found.v1');
    expect(all.map(({ subject, associationType }) => [subject, associationType])).toEqual([
      ['found-k', 'key'],
      ['found-v', 'value'],
    ]);
    expect(all[0].guid).toMatch(/^[0-9a-f-]{36}$/);
    expect(await api.ok(`GET /associations/resources/${ON}/found.v1`)).toEqual(all);
    expect(await api.ok('GET /associations/resources/id-found.v1')).toEqual(all);
    expect(await api.ok('GET /associations/subjects/found-v')).toEqual([all[1]]);
    expect(await of('found.v1', '?associationType=key')).toEqual([all[0]]);
    expect(await of('found.v1', '?associationType=key&associationType=value')).toEqual(all);
    expect(await of('found.v1', '?lifecycle=STRONG')).toEqual([all[1]]);
    expect(await of('found.v1', '?offset=1&limit=1')).toEqual([all[1]]);
    expect(await of('found.v1', '?resourceType=group')).toEqual([]);
    expect(await api.refused('GET /associations/resources/-/found.v1?lifecycle=weak')).toEqual(
      invalid('lifecycle', 'must be either STRONG or WEAK'),
    );
  });

  it('that is unknown answers an empty list', async () => {
    expect(await of('nothing')).toEqual([]);
    expect(await of('nothing%00')).toEqual([]);
    expect(await api.ok(`GET /associations/resources/other/found.v1`)).toEqual([]);
    expect(await api.ok('GET /associations/resources/nothing')).toEqual([]);
    expect(await api.ok('GET /associations/subjects/nothing')).toEqual([]);
  });

  it('asked for again is there once', async () => {
    const info = { subject: 'again', lifecycle: 'STRONG', schema: json(V1) };
    const first = await create('again', info);
    expect(await create('again', info)).toEqual(first);
    expect(await create('again', { subject: 'again' })).toMatchObject({
      associations: [{ subject: 'again', lifecycle: 'STRONG' }],
    });
    expect(await refusedCreate('again', { ...info, schema: json({}) })).toEqual([
      409,
      40903,
      "An association of type 'value' already exists for resource 'again'",
    ]);
    expect(await api.ok('GET /subjects/again/versions')).toEqual([1]);
  });

  it('without a subject has one of its own, frozen, in the context of its namespace', async () => {
    const answer = await create('own', { associationType: 'key', schema: json(V1) });
    expect(answer.associations).toMatchObject([
      { subject: ':.lkc-1:own-key', associationType: 'key', lifecycle: 'STRONG', frozen: true },
    ]);
    expect(await api.ok('GET /contexts')).toContain('.lkc-1');
  });

  it('follows an alias and takes the context of the query or the path', async () => {
    await api.register('target', V1);
    await api.ok('PUT /config/nick', { alias: 'target' });
    expect((await create('aliased', { subject: 'nick' })).associations[0].subject).toBe('target');
    expect((await api.ok('GET /associations/subjects/nick'))[0].resourceName).toBe('aliased');
    await api.register(':.team:s', V1);
    const { associations } = await api.ok(
      'POST /associations?context=:.team:',
      request('within', { subject: 's' }),
    );
    expect(associations[0].subject).toBe(':.team:s');
    const again = await api.ok('POST /contexts/.team/associations', request('within-2', { subject: 's' }));
    expect(again.associations[0].subject).toBe(':.team:s');
    expect(await api.ok('GET /contexts/.team/associations/subjects/s')).toHaveLength(2);
  });

  it('in a dry run is only tried', async () => {
    await api.register('dry', V1);
    const { resourceId: _, ...noId } = request(
      'dry',
      { subject: 'dry' },
      { subject: 'dry-k', associationType: 'key', schema: json(V1) },
    );
    expect(await api.ok('POST /associations?dryRun=true', noId)).toEqual({
      ...{ resourceName: 'dry', resourceNamespace: ON, resourceType: 'topic' },
    });
    expect(await of('dry')).toEqual([]);
    expect((await api.refused('GET /subjects/dry-k/versions'))[1]).toBe(40401);
    const clash = { ...noId, associations: [{ subject: 'dry', schema: json(OTHER) }] };
    expect((await api.refused('POST /associations?dryRun=true', clash))[1]).toBe(40901);
    const twice = {
      ...noId,
      associations: [{ subject: 'dry' }, { subject: 'dry', associationType: 'key', lifecycle: 'STRONG' }],
    };
    expect((await api.refused('POST /associations?dryRun=true', twice))[1]).toBe(40904);
    expect(await api.refused('POST /associations', noId)).toEqual(
      invalid('resourceId', 'cannot be null or empty'),
    );
  });
});

describe('is refused', () => {
  const info = { subject: 's', associationType: 'value' };
  it.each([
    ['a name', { resourceName: undefined }, 'resourceName', 'cannot be null or empty'],
    ['an illegal name', { resourceName: 'a b' }, 'resourceName', 'illegal character'],
    ['a long name', { resourceName: 'a'.repeat(257) }, 'resourceName', 'exceeds max length of 256'],
    ['a namespace', { resourceNamespace: '' }, 'resourceNamespace', 'cannot be null or empty'],
    ['an id', { resourceId: null }, 'resourceId', 'cannot be null or empty'],
    ['a type', { resourceType: 'group' }, 'resourceType', "must be 'topic'"],
    ['associations', { associations: [] }, 'associations', 'cannot be null or empty'],
    ['a list', { associations: {} }, 'associations', 'must be an array'],
    ['objects', { associations: [1] }, 'associations', 'associations must be an object'],
    [
      'a known type',
      { associations: [{ ...info, associationType: 'header' }] },
      'associationType',
      "must be either 'key' or 'value'",
    ],
    [
      'a known lifecycle',
      { associations: [{ ...info, lifecycle: 'FIRM' }] },
      'lifecycle',
      'must be either STRONG or WEAK',
    ],
    ['a flag', { associations: [{ ...info, frozen: 'yes' }] }, 'frozen', 'must be true or false'],
    [
      'a subject unless frozen',
      { associations: [{ frozen: false }] },
      'subject',
      'must be provided for non-frozen associations',
    ],
    [
      'no frozen WEAK',
      { associations: [{ ...info, lifecycle: 'WEAK', frozen: true }] },
      'frozen',
      'association with lifecycle of WEAK cannot be frozen',
    ],
    [
      'each type once',
      { associations: [info, info] },
      'associationType',
      'Duplicate association type: value',
    ],
    [
      'one state',
      {
        associations: [
          { ...info, frozen: true },
          { ...info, associationType: 'key', frozen: false },
        ],
      },
      'frozen',
      'all associations for a resource must be consistently frozen or non-frozen',
    ],
    [
      'an object as schema',
      { associations: [{ ...info, schema: 'text' }] },
      'schema',
      'schema must be an object',
    ],
  ])('what lacks %s', async (_what, wrong, property, reason) => {
    const body = { ...request('wrong', info), ...wrong };
    expect(await api.refused('POST /associations', body)).toEqual(invalid(property, reason));
  });

  it('a subject without a version that is alive', async () => {
    const refusal = [409, 40907, "No active (non-deleted) version exists for subject 'void'"];
    expect(await refusedCreate('void', { subject: 'void' })).toEqual(refusal);
    await api.register('void', V1);
    await api.ok('DELETE /subjects/void');
    expect(await refusedCreate('void', { subject: 'void' })).toEqual(refusal);
  });

  it('STRONG where there is any other, and any other where there is a STRONG one', async () => {
    await create('a', { subject: 'shared', lifecycle: 'WEAK', schema: json(V1) });
    await create('b', { subject: 'shared' });
    expect(await refusedCreate('c', { subject: 'shared', lifecycle: 'STRONG' })).toEqual([
      409,
      40904,
      "An association already exists for subject 'shared'",
    ]);
    await create('d', { subject: 'alone', lifecycle: 'STRONG', schema: json(V1) });
    expect(await refusedCreate('e', { subject: 'alone', lifecycle: 'WEAK' })).toEqual([
      409,
      40905,
      "A strong association already exists for subject 'alone'",
    ]);
    expect(
      (await api.refused('PUT /associations', request('a', { subject: 'shared', lifecycle: 'STRONG' })))[1],
    ).toBe(40904);
    const both = [
      { subject: 'both', lifecycle: 'STRONG', schema: json(V1) },
      { subject: 'both', associationType: 'key', lifecycle: 'STRONG' },
    ];
    expect((await refusedCreate('f', ...both))[1]).toBe(40904);
    expect((await api.refused('GET /subjects/both/versions'))[1]).toBe(40401);
  });

  it('a topic of the same name under another id, or of the same id under another name', async () => {
    await create('twin', { subject: 'twin', schema: json(V1) });
    const other = { ...request('twin', { subject: 'twin-2', schema: json(V1) }), resourceId: 'another' };
    expect((await api.refused('POST /associations', other))[1]).toBe(40903);
    const renamed = { ...request('twin', { subject: 'twin' }), resourceName: 'renamed' };
    expect(await api.refused('PUT /associations', renamed)).toEqual(
      invalid('resourceName', 'name of resource cannot be changed'),
    );
  });

  it('whole, when one of its schemas is', async () => {
    await api.register('half-k', V1);
    const infos = [
      { subject: 'half-v', schema: json(V1) },
      { subject: 'half-k', associationType: 'key', schema: json(OTHER) },
    ];
    expect((await refusedCreate('half', ...infos))[1]).toBe(40901);
    expect(await of('half')).toEqual([]);
    expect((await api.refused('GET /subjects/half-v/versions'))[1]).toBe(40401);
    expect((await refusedCreate('half', { subject: 'half-v', schema: json('{"type": 7}') }))[1]).toBe(42201);
    expect((await refusedCreate('half', { subject: 'half-v', schema: { schema: '"string"' } }))[1]).toBe(
      42201,
    );
    expect((await refusedCreate('half', { subject: '__GLOBAL', schema: json(V1) }))[1]).toBe(42208);
  });

  it('a subject in read-only mode', async () => {
    await create('still', { subject: 'still', schema: json(V1) });
    await api.ok('PUT /mode/still', { mode: 'READONLY' });
    expect((await refusedCreate('still-2', { subject: 'still', associationType: 'key' }))[1]).toBe(42205);
    expect((await api.refused('DELETE /associations/resources/id-still'))[1]).toBe(42205);
  });
});

describe('an association that is there', () => {
  it('changes its lifecycle and takes new versions', async () => {
    await create('change', { subject: 'change', lifecycle: 'WEAK', schema: json(V1) });
    expect((await refusedCreate('change', { subject: 'change', lifecycle: 'STRONG' }))[1]).toBe(40903);
    const [before] = await of('change');
    const V2 = { ...V1, properties: { ...V1.properties, b: { type: 'string' } } };
    const answer = await api.ok('PUT /associations/resources/id-change', {
      ...request('change', { subject: 'change', lifecycle: 'STRONG', schema: json(V2) }),
      resourceId: undefined,
    });
    expect(answer.associations).toMatchObject([{ lifecycle: 'STRONG', schema: { version: 2 } }]);
    expect(await of('change')).toEqual([{ ...before, lifecycle: 'STRONG' }]);
    const kept = await api.ok('PUT /associations', request('change', { subject: 'change' }));
    expect(kept.associations).toMatchObject([{ lifecycle: 'STRONG', frozen: false }]);
    expect(
      await api.refused('PUT /associations', request('change', { subject: 'elsewhere', schema: json(V1) })),
    ).toEqual(invalid('subject', 'subject of association cannot be changed'));
    expect(
      await api.refused('PUT /associations/resources/another', request('change', { subject: 'change' })),
    ).toEqual(
      invalid(
        'resourceId',
        'Resource ID in the path parameter does not match the resource ID in the request body',
      ),
    );
  });

  it('is frozen until it is thawed by name', async () => {
    await create('ice', { subject: 'ice', frozen: true, schema: json(V1) });
    const frozen = [409, 40908, "The association of type  'value' is frozen for subject 'ice'"];
    const put = (info: object) => request('ice', { subject: 'ice', ...info });
    expect(await api.refused('PUT /associations', put({ lifecycle: 'WEAK' }))).toEqual(frozen);
    expect(await api.refused('DELETE /associations/resources/id-ice')).toEqual(frozen);
    const thawed = await api.ok('PUT /associations', put({ lifecycle: 'WEAK', frozen: false }));
    expect(thawed.associations).toMatchObject([{ lifecycle: 'WEAK', frozen: false }]);
    expect((await api.refused('PUT /associations', put({ lifecycle: 'STRONG', frozen: true })))[1]).toBe(
      42212,
    );
    expect((await api.call('DELETE /associations/resources/id-ice')).status).toBe(204);
  });

  it('goes alone, or with the subject that is its own', async () => {
    const both = [
      { subject: 'go-k', associationType: 'key', lifecycle: 'WEAK', schema: json(V1) },
      { subject: 'go-v', frozen: false, schema: json(V1) },
    ];
    await create('go', ...both);
    const path = 'DELETE /associations/resources/id-go';
    expect((await api.call(`${path}?cascadeLifecycle=true&dryRun=true`)).status).toBe(204);
    expect(await of('go')).toHaveLength(2);
    expect((await api.call(`${path}?associationType=key&cascadeLifecycle=true`)).status).toBe(204);
    expect(await api.ok('GET /subjects/go-k/versions')).toEqual([1]);
    expect((await of('go')).map(({ associationType }) => associationType)).toEqual(['value']);
    expect((await api.call(`${path}?cascadeLifecycle=true`)).status).toBe(204);
    expect((await api.refused('GET /subjects/go-v/versions?deleted=true'))[1]).toBe(40401);
    expect(await api.refused(path)).toEqual([404, 40410, "Association for 'id-go' not found."]);
  });

  it('stays while something refers to its subject', async () => {
    await create('base', { subject: 'base', schema: json({ ...V1, $id: 'https://test/base' }) });
    await api.register(
      'user',
      { $ref: 'https://test/base' },
      {
        references: [{ name: 'https://test/base', subject: 'base', version: 1 }],
      },
    );
    expect((await api.refused('DELETE /associations/resources/id-base?cascadeLifecycle=true'))[1]).toBe(
      42206,
    );
    expect(await of('base')).toHaveLength(1);
  });
});

describe('two at once', () => {
  it('make one STRONG association of a subject', async () => {
    await api.register('raced', V1);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        api.call('POST /associations', request(`raced-${n}`, { subject: 'raced', lifecycle: 'STRONG' })),
      ),
    );
    const codes = answers.map(({ status, body }) => (status === 200 ? 200 : body.error_code)).sort();
    expect(codes).toEqual([200, ...Array<number>(11).fill(40904)]);
  });

  it('make one association of a resource, with one version', async () => {
    const body = request('same', { subject: 'same', schema: json(V1) });
    const answers = await Promise.all(Array.from({ length: 12 }, () => api.call('POST /associations', body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(new Set(answers.map(({ body: { associations } }) => associations[0].schema.id)).size).toBe(1);
    expect(await of('same')).toHaveLength(1);
  });

  it('name and id contested by different creators leave one owner', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        api.call('POST /associations', {
          ...request('contested', { subject: `c-${n}`, schema: json(V1) }),
          resourceId: `c-${n % 2}`,
        }),
      ),
    );
    const codes = answers.map(({ status, body }) => (status === 200 ? 200 : body.error_code)).sort();
    expect(codes).toEqual([200, ...Array<number>(7).fill(40903)]);
  });
});
