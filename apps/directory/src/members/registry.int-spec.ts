import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, TestDirectory, type Party } from '../spec-harness.js';

const MINISTRY = 'urn:wasl:dz:water';
const AGENCY = 'urn:wasl:dz:dams';
const OFFICE = 'urn:wasl:dz:dams-east';

let directory: TestDirectory;
let consumer: Party;
let auditor: Party;

beforeAll(async () => {
  directory = await TestDirectory.start();
  consumer = await directory.join('urn:wasl:dz:farming:fields', ['consumer']);
  auditor = await directory.join('urn:wasl:dz:court:desk', ['auditor']);
});
afterAll(() => directory?.stop());

const post = (path: string, body?: unknown, as?: Party | null) =>
  directory.call('POST', path, { body, ...(as === undefined ? {} : { as }) });
const put = (path: string, body: unknown, ifMatch?: string, as?: Party) =>
  directory.call('PUT', path, {
    body,
    ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    ...(as ? { as } : {}),
  });
const problem = (status: number, code: string) => ({ status, body: { code } });

describe('members', () => {
  it('are registered once, with control record and evidence, and the same again changes nothing', async () => {
    const body = { id: MINISTRY, parent: null, names: NAMES };
    const first = await post('/v1/members', body);
    expect(first).toMatchObject({ status: 201, body: { ...body, status: 'active', version: 1 } });
    expect(first.headers.get('etag')).toBe('"1"');
    const again = await post('/v1/members', body);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(await directory.control(`member:${MINISTRY}`)).toEqual({
      kind: 'member',
      ...body,
      status: 'active',
    });
    const [evidence, ...more] = await directory.evidence('MemberRegistered', MINISTRY);
    expect(more).toEqual([]);
    expect(evidence).toMatchObject({
      claims: { iss: 'urn:wasl:dz:bus:directory', sub: MINISTRY },
      body: { by: directory.steward.system, parent: null },
    });
    expect(await post('/v1/members', { ...body, names: { ...NAMES, fr: 'Autre' } })).toMatchObject(
      problem(409, 'conflict'),
    );
  });

  it('form a tree without cycles, also when two moves meet', async () => {
    expect((await post('/v1/members', { id: AGENCY, parent: MINISTRY, names: NAMES })).status).toBe(201);
    expect((await post('/v1/members', { id: OFFICE, parent: AGENCY, names: NAMES })).status).toBe(201);
    const state = { names: NAMES, status: 'active' };
    for (const parent of [OFFICE, AGENCY, MINISTRY]) {
      expect(await put(`/v1/members/${MINISTRY}`, { ...state, parent }, '*')).toMatchObject(
        problem(409, 'conflict'),
      );
    }
    const orphan = await post('/v1/members', {
      id: 'urn:wasl:dz:lost',
      parent: 'urn:wasl:dz:nobody',
      names: NAMES,
    });
    expect(orphan).toMatchObject(problem(400, 'invalid-request'));
    expect(orphan.body.errors).toEqual([{ pointer: '/parent', rule: 'known-member' }]);
    const own = await post('/v1/members', {
      id: 'urn:wasl:dz:lost',
      parent: 'urn:wasl:dz:lost',
      names: NAMES,
    });
    expect(own.status).toBe(400);
    for (let round = 0; round < 10; round++) {
      const id = (name: string) => `urn:wasl:dz:tree-${round}-${name}`;
      for (const name of ['left', 'right']) {
        await post('/v1/members', { id: id(name), names: NAMES });
        await post('/v1/members', { id: id(`${name}-leaf`), parent: id(name), names: NAMES });
      }
      const moves = await Promise.all([
        put(`/v1/members/${id('left')}`, { ...state, parent: id('right-leaf') }, '*'),
        put(`/v1/members/${id('right')}`, { ...state, parent: id('left-leaf') }, '*'),
      ]);
      expect(moves.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('change only for who saw their present state', async () => {
    const path = `/v1/members/${AGENCY}`;
    const state = { parent: MINISTRY, names: { ...NAMES, en: 'Dams' }, status: 'suspended' };
    expect(await put(path, state)).toMatchObject(problem(428, 'precondition-required'));
    expect(await put(path, state, '"7"')).toMatchObject(problem(412, 'precondition-failed'));
    const changed = await put(path, state, '"1"');
    expect(changed).toMatchObject({ status: 200, body: { id: AGENCY, ...state, version: 2 } });
    // Sent again by a client that lost the answer: nothing changes, nothing is refused.
    expect(await put(path, state, '"1"')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await put(path, { ...state, status: 'active' }, '"1"')).toMatchObject(
      problem(412, 'precondition-failed'),
    );
    expect(await put('/v1/members/urn:wasl:dz:nobody', state, '*')).toMatchObject(problem(404, 'not-found'));
    expect((await directory.evidence('MemberSuspended', AGENCY)).length).toBe(1);
    expect(await directory.control(`member:${AGENCY}`, ({ status }) => status === 'suspended')).toMatchObject(
      {
        names: { en: 'Dams' },
      },
    );
    const two = await Promise.all(
      ['one', 'two'].map((en) => put(path, { ...state, names: { ...NAMES, en } }, '"2"')),
    );
    expect(two.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('are read by id and in pages', async () => {
    expect(await directory.call('GET', `/v1/members/${MINISTRY}`)).toMatchObject({
      status: 200,
      body: { id: MINISTRY },
    });
    expect(await directory.call('GET', '/v1/members/urn:wasl:dz:nobody')).toMatchObject(
      problem(404, 'not-found'),
    );
    const seen: string[] = [];
    for (let path = '/v1/members?limit=2'; path;) {
      const { body } = await directory.call('GET', path, { as: auditor });
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      path = body.cursor ? `/v1/members?limit=2&cursor=${body.cursor}` : '';
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([MINISTRY, AGENCY, OFFICE, 'urn:wasl:dz:bus']));
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'page=2']) {
      expect(await directory.call('GET', `/v1/members?${query}`)).toMatchObject(
        problem(400, 'invalid-request'),
      );
    }
    expect(await directory.call('GET', '/v1/members?cursor=!')).toMatchObject(problem(400, 'invalid-cursor'));
  });

  it('are checked by schema, with pointers and without values', async () => {
    const { status, body } = await post('/v1/members', {
      id: 'secret value',
      names: { fr: '', ar: 'ا' },
      extra: 1,
    });
    expect([status, body.code]).toEqual([400, 'invalid-request']);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/id', rule: 'pattern' },
        { pointer: '/names/fr', rule: 'minLength' },
        { pointer: '/names/en', rule: 'required' },
        { pointer: '/extra', rule: 'additionalProperties' },
      ]),
    );
    expect(JSON.stringify(body)).not.toContain('secret value');
    expect(await post('/v1/members', '{"id":')).toMatchObject(problem(400, 'malformed-body'));
    expect(await post('/v1/members')).toMatchObject(problem(400, 'invalid-request'));
    const text = { body: 'x', headers: { 'content-type': 'text/plain' } };
    expect(await directory.call('POST', '/v1/members', text)).toMatchObject(
      problem(415, 'unsupported-media-type'),
    );
    const huge = await post('/v1/members', { id: MINISTRY, names: { ...NAMES, fr: 'x'.repeat(200_000) } });
    expect(huge).toMatchObject(problem(413, 'body-too-large'));
  });
});

describe('systems', () => {
  const id = `${MINISTRY}:sensors`;
  const body = { id, names: NAMES, roles: ['publisher', 'consumer'] };

  it('are registered once under the member of their id', async () => {
    const first = await post('/v1/systems', { ...body, member: MINISTRY });
    const roles = ['consumer', 'publisher'];
    expect(first).toMatchObject({
      status: 201,
      body: { ...body, roles, member: MINISTRY, status: 'active', version: 1 },
    });
    expect(await post('/v1/systems', { ...body, roles })).toMatchObject({ status: 200, body: first.body });
    expect(await post('/v1/systems', { ...body, roles: [] })).toMatchObject(problem(409, 'conflict'));
    expect(await directory.control(`system:${id}`)).toMatchObject({
      kind: 'system',
      member: MINISTRY,
      roles,
    });
    expect(await directory.evidence('SystemRegistered', id)).toMatchObject([
      { body: { by: directory.steward.system, roles } },
    ]);
    expect(await post('/v1/systems', { ...body, member: AGENCY })).toMatchObject(
      problem(400, 'invalid-request'),
    );
    const homeless = { ...body, id: 'urn:wasl:dz:nobody:sensors' };
    expect(await post('/v1/systems', homeless)).toMatchObject(problem(400, 'invalid-request'));
    expect(await post('/v1/systems', { ...body, roles: ['king'] })).toMatchObject(
      problem(400, 'invalid-request'),
    );
  });

  it('change only for who saw their present state', async () => {
    const path = `/v1/systems/${id}`;
    const state = { names: NAMES, roles: ['publisher'], status: 'active' };
    expect(await put(path, state)).toMatchObject(problem(428, 'precondition-required'));
    expect(await put(path, state, '"1"')).toMatchObject({
      status: 200,
      body: { roles: ['publisher'], version: 2 },
    });
    expect(await put(path, state, '"1"')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await put(path, { ...state, roles: [] }, '"1"')).toMatchObject(
      problem(412, 'precondition-failed'),
    );
    expect(await put('/v1/systems/urn:wasl:dz:a:b', state, '*')).toMatchObject(problem(404, 'not-found'));
    expect(await directory.evidence('SystemChanged', id)).toMatchObject([
      { body: { roles: ['publisher'], version: 2 } },
    ]);
    expect(await directory.call('GET', path)).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await directory.call('GET', '/v1/systems/urn:wasl:dz:a:b')).toMatchObject(
      problem(404, 'not-found'),
    );
    const { body: list } = await directory.call('GET', `/v1/systems?member=${MINISTRY}`);
    expect(list.items.map((system: { id: string }) => system.id)).toEqual([id]);
  });

  it('of the bus are nobody’s to add or to change', async () => {
    const rogue = { id: 'urn:wasl:dz:bus:rogue', names: NAMES, roles: [] };
    expect(await post('/v1/systems', rogue)).toMatchObject(problem(403, 'not-allowed'));
    const state = { names: NAMES, roles: ['steward'], status: 'active' };
    expect(await put('/v1/systems/urn:wasl:dz:bus:directory', state, '*')).toMatchObject(
      problem(403, 'not-allowed'),
    );
  });
});

describe('access', () => {
  it('is the steward’s; auditors may read; nobody else, and no one without a token', async () => {
    const member = { id: 'urn:wasl:dz:intruder', names: NAMES };
    for (const as of [consumer, auditor]) {
      expect(await post('/v1/members', member, as)).toMatchObject(problem(403, 'not-allowed'));
      expect(await post('/v1/systems', { ...member, id: `${member.id}:x`, roles: [] }, as)).toMatchObject(
        problem(403, 'not-allowed'),
      );
      expect(
        (
          await put(
            `/v1/systems/${consumer.system}`,
            { names: NAMES, roles: ['steward'], status: 'active' },
            '*',
            as,
          )
        ).status,
      ).toBe(403);
    }
    expect((await directory.call('GET', '/v1/members', { as: consumer })).status).toBe(403);
    expect((await directory.call('GET', '/v1/systems', { as: auditor })).status).toBe(200);
    for (const path of ['/v1/members', '/v1/systems', '/v1/keys', '/v1/agreements']) {
      expect(await directory.call('GET', path, { as: null })).toMatchObject({ status: 401 });
      expect((await post(path, {}, null)).status).toBe(401);
      const headers = { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' };
      expect((await directory.call('GET', path, { as: null, headers })).status).toBe(401);
    }
  });

  it('to the trust document is everyone’s', async () => {
    const { status, body } = await directory.call('GET', '/v1/trust', { as: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({ format: 'wasl-trust/1', bus: 'urn:wasl:dz:bus', log: [] });
    const own = body.keys.find(({ system }: { system: string }) => system === 'urn:wasl:dz:bus:directory');
    expect(own).toMatchObject({ status: 'active', alg: 'Ed25519', notAfter: null });
    expect(JSON.stringify(body)).not.toContain('"d":');
    const [evidence] = await directory.evidence('MemberRegistered', MINISTRY);
    expect(evidence?.kid).toBe(own.kid);
  });
});
