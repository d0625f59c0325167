import { uuidUrn } from '#protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestDirectory, type Party } from '../spec-harness.js';

const TOPIC = 'territory.unit.v1';
let directory: TestDirectory;
let registry: Party;
let regional: Party;
let enrolment: Party;
let warehouse: Party;
let second: Party;

beforeAll(async () => {
  directory = await TestDirectory.start();
  registry = await directory.join('urn:wasl:dz:interior:registry', ['publisher']);
  enrolment = await directory.join('urn:wasl:dz:education:enrolment', ['consumer']);
  warehouse = await directory.join('urn:wasl:dz:statistics:warehouse', ['consumer', 'publisher']);
  second = await directory.join('urn:wasl:dz:agency:desk', ['steward']);
  regional = await directory.join('urn:wasl:dz:interior-east:registry', ['publisher'], {
    parent: 'urn:wasl:dz:interior',
  });
  await directory.contract(TOPIC, 'urn:wasl:dz:interior');
});
afterAll(() => directory?.stop());

let purposes = 0;
const terms = () => ({ topic: TOPIC, purpose: `school map ${++purposes}`, legalBasis: 'decree 26-014' });
const post = (path: string, as: Party, body?: unknown, headers: Record<string, string> = {}) =>
  directory.call('POST', path, { as, body, headers });
const request = async () => (await post('/v1/agreements', enrolment, terms())).body.id as string;
const act = (id: string, name: string, as: Party, ifMatch?: string) =>
  post(`/v1/agreements/${id}/${name}`, as, undefined, ifMatch === undefined ? {} : { 'if-match': ifMatch });
const inForce = async () => {
  const id = await request();
  await act(id, 'approve', registry);
  await act(id, 'approve', directory.steward);
  return id;
};
const problem = (status: number, code: string) => ({ status, body: { code } });

describe('a request', () => {
  it('by the consumer is recorded once, with control record and evidence', async () => {
    const body = { ...terms(), fields: ['name', 'code'], quotaPerDay: 100, notAfter: '2099-01-01T00:00:00Z' };
    const first = await post('/v1/agreements', enrolment, body);
    expect(first).toMatchObject({
      status: 201,
      body: {
        consumer: enrolment.system,
        ...body,
        fields: ['code', 'name'],
        notAfter: '2099-01-01T00:00:00.000Z',
        status: 'requested',
        requested: { by: enrolment.system },
        approvals: { publisher: null, steward: null },
      },
    });
    expect(await post('/v1/agreements', enrolment, body)).toMatchObject({ status: 200, body: first.body });
    const { id } = first.body;
    expect(await directory.control(`agreement:${id}`)).toMatchObject({
      kind: 'agreement',
      consumer: enrolment.system,
      topic: TOPIC,
      purpose: body.purpose,
      status: 'requested',
      approvals: { publisher: null, steward: null },
    });
    expect(await directory.evidence('AgreementRequested', uuidUrn(id))).toMatchObject([
      { body: { by: enrolment.system, consumer: enrolment.system, topic: TOPIC, basis: body.legalBasis } },
    ]);
  });

  it('twice at the same moment is one agreement', async () => {
    const body = terms();
    const all = await Promise.all(Array.from({ length: 5 }, () => post('/v1/agreements', enrolment, body)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(all.map(({ body: { id } }) => id as string)).size).toBe(1);
  });

  it('may come from a steward in the consumer’s name, and from nobody else', async () => {
    const body = { ...terms(), consumer: enrolment.system };
    const named = await post('/v1/agreements', directory.steward, body);
    expect(named).toMatchObject({ status: 201, body: { requested: { by: directory.steward.system } } });
    expect(await post('/v1/agreements', warehouse, body)).toMatchObject(problem(403, 'not-allowed'));
    expect(await post('/v1/agreements', registry, terms())).toMatchObject(problem(403, 'not-allowed'));
    const noConsumer = { ...body, consumer: registry.system };
    const refusal = await post('/v1/agreements', directory.steward, noConsumer);
    expect(refusal).toMatchObject(problem(400, 'invalid-request'));
    expect(refusal.body.errors).toEqual([{ pointer: '/consumer', rule: 'consumer-role' }]);
  });

  it('says what for, on which basis, of which known topic, for a time to come', async () => {
    for (const [wrong, pointer] of [
      [{ purpose: ' \t' }, '/purpose'],
      [{ purpose: undefined }, '/purpose'],
      [{ legalBasis: '' }, '/legalBasis'],
      [{ topic: 'not a topic' }, '/topic'],
      [{ notAfter: '2001-01-01T00:00:00Z' }, '/notAfter'],
      [{ notBefore: 'yesterday' }, '/notBefore'],
      [{ fields: [] }, '/fields'],
      [{ quotaPerDay: 0 }, '/quotaPerDay'],
    ] as const) {
      const { status, body } = await post('/v1/agreements', enrolment, { ...terms(), ...wrong });
      expect([status, body.code, body.errors[0].pointer]).toEqual([400, 'invalid-request', pointer]);
    }
    const unknown = { ...terms(), topic: 'territory.street.v1' };
    expect(await post('/v1/agreements', enrolment, unknown)).toMatchObject(problem(404, 'unknown-topic'));
  });
});

describe('approval', () => {
  it('by publisher and steward puts it in force, each named with the time', async () => {
    const id = await request();
    const half = await act(id, 'approve', registry);
    expect(half).toMatchObject({ status: 200, body: { status: 'requested', approvals: { steward: null } } });
    expect(half.body.approvals.publisher).toEqual({ by: registry.system, at: half.body.changedAt });
    expect(await act(id, 'approve', registry)).toMatchObject({ status: 200, body: half.body });
    const whole = await act(id, 'approve', directory.steward);
    expect(whole).toMatchObject({ status: 200, body: { status: 'approved' } });
    expect(await act(id, 'approve', second)).toMatchObject({ status: 200, body: whole.body });
    expect(await directory.control(`agreement:${id}`, ({ status }) => status === 'approved')).toMatchObject({
      approvals: { publisher: registry.system, steward: directory.steward.system },
    });
    expect(await directory.evidence('AgreementApproved', uuidUrn(id), 2)).toMatchObject([
      { body: { by: registry.system, sides: ['publisher'], status: 'requested' } },
      { body: { by: directory.steward.system, sides: ['steward'], status: 'approved' } },
    ]);
  });

  it('of both sides at the same moment counts both', async () => {
    for (let round = 0; round < 5; round++) {
      const id = await request();
      const all = await Promise.all(
        [registry, directory.steward, registry, second].map((as) => act(id, 'approve', as)),
      );
      expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect((await directory.call('GET', `/v1/agreements/${id}`)).body.status).toBe('approved');
      expect((await directory.evidence('AgreementApproved', uuidUrn(id), 2)).length).toBe(2);
    }
  });

  it('of a member below the owner counts; of consumers and other publishers it doesn’t', async () => {
    const id = await request();
    expect(await act(id, 'approve', enrolment)).toMatchObject(problem(403, 'not-allowed'));
    expect(await act(id, 'approve', warehouse)).toMatchObject(problem(404, 'not-found'));
    expect(await act(id, 'approve', regional)).toMatchObject({
      status: 200,
      body: { approvals: { publisher: { by: regional.system } } },
    });
  });

  it('is refused to who saw another version', async () => {
    const id = await request();
    expect(await act(id, 'approve', registry, '"9"')).toMatchObject(problem(412, 'precondition-failed'));
    expect((await act(id, 'approve', registry, '"1"')).status).toBe(200);
    expect(await act(id, 'approve', directory.steward, '"1"')).toMatchObject(
      problem(412, 'precondition-failed'),
    );
  });
});

describe('the life of an agreement', () => {
  it('is interrupted by publisher or steward and resumed, but not against the steward', async () => {
    const id = await inForce();
    expect(await act(id, 'suspend', enrolment)).toMatchObject(problem(403, 'not-allowed'));
    expect(await act(id, 'resume', registry)).toMatchObject({ status: 200, body: { status: 'approved' } });
    for (const as of [registry, directory.steward]) {
      const suspended = await act(id, 'suspend', as);
      expect(suspended).toMatchObject({ status: 200, body: { status: 'suspended' } });
      expect(await act(id, 'suspend', as)).toMatchObject({ status: 200, body: suspended.body });
      expect(await act(id, 'approve', as)).toMatchObject(problem(409, 'conflict'));
      expect((await act(id, 'resume', registry)).status).toBe(as === registry ? 200 : 403);
    }
    expect(await act(id, 'resume', directory.steward)).toMatchObject({
      status: 200,
      body: { status: 'approved' },
    });
    expect((await directory.evidence('AgreementSuspended', uuidUrn(id), 2)).length).toBe(2);
    expect((await directory.evidence('AgreementResumed', uuidUrn(id), 2)).length).toBe(2);
  });

  it('ends by revocation of either side, for good', async () => {
    for (const as of [enrolment, registry, directory.steward]) {
      const id = await inForce();
      const revoked = await act(id, 'revoke', as);
      expect(revoked).toMatchObject({ status: 200, body: { status: 'revoked' } });
      expect(await act(id, 'revoke', as)).toMatchObject({ status: 200, body: revoked.body });
      for (const next of ['approve', 'suspend', 'resume']) {
        expect(await act(id, next, directory.steward)).toMatchObject(problem(409, 'conflict'));
      }
      expect(await directory.control(`agreement:${id}`, ({ status }) => status === 'revoked')).toBeDefined();
      expect(await directory.evidence('AgreementRevoked', uuidUrn(id))).toMatchObject([
        { body: { by: as.system } },
      ]);
    }
  });

  it('ends with its period, published by the sweeper', async () => {
    const notAfter = new Date(Date.now() + 1_500).toISOString();
    const { body } = await post('/v1/agreements', enrolment, { ...terms(), notAfter });
    await act(body.id, 'approve', registry);
    await act(body.id, 'approve', directory.steward);
    await directory.control(`agreement:${body.id}`, ({ status }) => status === 'expired');
    expect(await directory.evidence('AgreementExpired', uuidUrn(body.id))).toMatchObject([
      { body: { by: 'urn:wasl:dz:bus:directory', topic: TOPIC, notAfter } },
    ]);
    expect(await act(body.id, 'revoke', enrolment)).toMatchObject(problem(409, 'conflict'));
    const again = await post('/v1/agreements', enrolment, { ...terms(), purpose: body.purpose });
    expect(again.status).toBe(201);
  });

  it('of an agreement that is not there, or by an act that is none, has not begun', async () => {
    for (const id of ['01890a5d-ac96-774b-bcce-b302099a8057', 'x']) {
      expect(await act(id, 'approve', directory.steward)).toMatchObject(problem(404, 'not-found'));
      expect(await directory.call('GET', `/v1/agreements/${id}`)).toMatchObject(problem(404, 'not-found'));
    }
    expect(await act(await request(), 'frame', directory.steward)).toMatchObject(problem(404, 'not-found'));
  });
});

describe('reading agreements', () => {
  it('shows parties their own, stewards all, strangers nothing', async () => {
    const id = await inForce();
    for (const as of [enrolment, registry, regional, directory.steward]) {
      expect((await directory.call('GET', `/v1/agreements/${id}`, { as })).status).toBe(200);
      const list = await directory.call('GET', `/v1/agreements?topic=${TOPIC}&status=approved&limit=200`, {
        as,
      });
      expect(list.body.items.some((item: { id: string }) => item.id === id)).toBe(true);
    }
    expect((await directory.call('GET', `/v1/agreements/${id}`, { as: warehouse })).status).toBe(404);
    expect((await directory.call('GET', '/v1/agreements', { as: warehouse })).body.items).toEqual([]);
    const page = await directory.call('GET', `/v1/agreements?limit=1&consumer=${enrolment.system}`);
    const next = await directory.call('GET', `/v1/agreements?limit=1&cursor=${page.body.cursor}`);
    expect(next.body.items[0].id > page.body.items[0].id).toBe(true);
  });
});
