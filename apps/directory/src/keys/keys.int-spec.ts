import { publicJwk, TrustAnchors } from '#protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyBody, keyProof, party, TestDirectory, type Party } from '../spec-harness.js';

let directory: TestDirectory;
let clinic: Party;
let ward: Party;
let stranger: Party;

beforeAll(async () => {
  directory = await TestDirectory.start();
  clinic = await directory.join('urn:wasl:dz:health:clinic', ['consumer']);
  ward = await directory.join('urn:wasl:dz:health:ward', ['consumer']);
  stranger = await directory.join('urn:wasl:dz:sports:stadium', ['consumer', 'publisher']);
});
afterAll(() => directory?.stop());

const post = (path: string, body?: unknown, as?: Party) =>
  directory.call('POST', path, { body, ...(as ? { as } : {}) });
const problem = (status: number, code: string) => ({ status, body: { code } });

describe('registering a key', () => {
  it.each(['Ed25519', 'ES256'] as const)(
    '%s: pending, once, with control record and evidence',
    async (alg) => {
      const next = party(clinic.system, clinic.roles, alg);
      const first = await post('/v1/keys', keyBody(next));
      expect(first).toMatchObject({
        status: 201,
        body: { kid: next.jwk.kid, system: clinic.system, alg, status: 'pending', notAfter: null },
      });
      expect(first.body.jwk).toEqual(publicJwk(next.jwk));
      expect(await post('/v1/keys', keyBody(next))).toMatchObject({ status: 200, body: first.body });
      expect(await directory.control(`key:${next.jwk.kid}`)).toMatchObject({
        kind: 'key',
        status: 'pending',
        alg,
      });
      const all = await directory.evidence('KeyRegistered', clinic.system);
      const mine = all.filter(({ body }) => body.kid === next.jwk.kid);
      expect(mine).toMatchObject([{ body: { by: directory.steward.system, alg, status: 'pending' } }]);
    },
  );

  it('is open to a system for itself, and never for another', async () => {
    expect((await post('/v1/keys', keyBody(party(clinic.system, [])), clinic)).status).toBe(201);
    expect(await post('/v1/keys', keyBody(party(ward.system, [])), clinic)).toMatchObject(
      problem(403, 'not-allowed'),
    );
  });

  it('refuses a private key, whatever else is right', async () => {
    const next = party(clinic.system, []);
    for (const jwk of [next.jwk, { ...publicJwk(next.jwk), d: '' }, { kty: 'oct', k: 'c2VjcmV0' }]) {
      const refusal = await post('/v1/keys', { ...keyBody(next), jwk });
      expect(refusal).toMatchObject(problem(400, 'private-key-disclosed'));
      expect(JSON.stringify(refusal.body)).not.toContain(next.jwk.d);
    }
    expect((await directory.call('GET', `/v1/keys/${next.jwk.kid}`)).status).toBe(404);
  });

  it('refuses a kid that is not the thumbprint, a wrong alg, another curve', async () => {
    const next = party(clinic.system, []);
    const body = keyBody(next);
    for (const wrong of [
      { kid: clinic.jwk.kid },
      { alg: 'ES256' },
      { crv: 'X25519' },
      { x: 'AAAA' },
      { kty: 'RSA' },
    ]) {
      const refusal = await post('/v1/keys', { ...body, jwk: { ...body.jwk, ...wrong } });
      expect(refusal).toMatchObject(problem(400, 'malformed-key'));
    }
  });

  it('needs a proof of possession for this system', async () => {
    const next = party(clinic.system, []);
    const body = keyBody(next);
    for (const [proof, rule] of [
      [keyProof(party(clinic.system, [])), 'unknown-key'],
      [keyProof({ ...next, system: ward.system }), 'wrong-issuer'],
      [keyProof(next, { aud: 'urn:wasl:ma:bus' }), 'wrong-audience'],
      [keyProof(next, { iat: 1_700_000_000, exp: 1_700_000_060 }), 'token-expired'],
    ]) {
      const { status, body: refusal } = await post('/v1/keys', { ...body, proof });
      expect([status, refusal.code, refusal.errors]).toEqual([
        400,
        'invalid-key-proof',
        [{ pointer: '/proof', rule }],
      ]);
    }
    const { proof: _proof, ...without } = body;
    expect(await post('/v1/keys', without)).toMatchObject(problem(400, 'invalid-request'));
  });

  it('refuses the key of another system, an unknown system, a window that ends before it begins', async () => {
    const stolen = { ...clinic, system: stranger.system };
    expect(await post('/v1/keys', keyBody(stolen))).toMatchObject(problem(409, 'conflict'));
    const ghost = keyBody(party('urn:wasl:dz:health:ghost', []));
    expect(await post('/v1/keys', ghost)).toMatchObject(problem(400, 'invalid-request'));
    const window = { notBefore: '2027-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' };
    const backwards = { ...keyBody(party(clinic.system, [])), ...window };
    expect(await post('/v1/keys', backwards)).toMatchObject(problem(400, 'invalid-request'));
  });

  it('never adds one to the bus', async () => {
    const rogue = keyBody(party('urn:wasl:dz:bus:directory', []));
    expect(await post('/v1/keys', rogue)).toMatchObject(problem(403, 'not-allowed'));
  });
});

describe('the life of a key', () => {
  it('goes from pending to active by the steward only, twice the same', async () => {
    const next = party(clinic.system, []);
    await post('/v1/keys', keyBody(next), clinic);
    const path = `/v1/keys/${next.jwk.kid}/activate`;
    expect(await post(path, undefined, clinic)).toMatchObject(problem(403, 'not-allowed'));
    const first = await post(path);
    expect(first).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(await post(path)).toMatchObject({ status: 200, body: first.body });
    expect(await directory.control(`key:${next.jwk.kid}`, ({ status }) => status === 'active')).toMatchObject(
      {
        changedAt: first.body.changedAt,
      },
    );
    const all = await directory.evidence('KeyActivated', clinic.system);
    expect(all.filter(({ body }) => body.kid === next.jwk.kid).length).toBe(1);
  });

  it('ends in retirement, by its system or the steward, with the window closed', async () => {
    const next = party(clinic.system, []);
    await post('/v1/keys', keyBody(next));
    await post(`/v1/keys/${next.jwk.kid}/activate`);
    const path = `/v1/keys/${next.jwk.kid}/retire`;
    for (const as of [ward, stranger])
      expect(await post(path, undefined, as)).toMatchObject(problem(403, 'not-allowed'));
    const { body } = await post(path, undefined, clinic);
    expect(body).toMatchObject({ status: 'retired', notAfter: body.changedAt });
    expect(await post(path)).toMatchObject({ status: 200, body });
    expect(await post(`/v1/keys/${next.jwk.kid}/activate`)).toMatchObject(problem(409, 'conflict'));
    const trust = await directory.call('GET', '/v1/trust', { as: null });
    expect(TrustAnchors.read(trust.body).entry(next.jwk.kid!)).toMatchObject({
      status: 'retired',
      notAfter: body.notAfter,
    });
    expect((await directory.evidence('KeyRetired', clinic.system)).at(-1)).toMatchObject({
      body: { by: clinic.system, kid: next.jwk.kid },
    });
  });

  it('is cut off by compromise, by any system of the member, from the time of the leak', async () => {
    const next = party(clinic.system, []);
    await post('/v1/keys', keyBody(next));
    await post(`/v1/keys/${next.jwk.kid}/activate`);
    const path = `/v1/keys/${next.jwk.kid}/compromise`;
    expect(await post(path, undefined, stranger)).toMatchObject(problem(403, 'not-allowed'));
    const tomorrow = { since: new Date(Date.now() + 86_400_000).toISOString() };
    expect(await post(path, tomorrow)).toMatchObject(problem(400, 'invalid-request'));
    expect(await post(path, { until: 'now' })).toMatchObject(problem(400, 'invalid-request'));
    const since = '2026-01-02T03:04:05.000Z';
    const { status, body } = await post(path, { since }, ward);
    expect([status, body.status, body.notAfter, body.changedAt]).toEqual([200, 'compromised', since, since]);
    expect(await post(path)).toMatchObject({ status: 200, body });
    expect(
      await directory.control(`key:${next.jwk.kid}`, (key) => key.status === 'compromised'),
    ).toMatchObject({
      changedAt: since,
    });
    expect(await directory.evidence('KeyCompromised', clinic.system)).toMatchObject([
      { body: { by: ward.system, kid: next.jwk.kid, notAfter: since } },
    ]);
    for (const act of ['retire', 'activate']) {
      expect(await post(`/v1/keys/${next.jwk.kid}/${act}`)).toMatchObject(problem(409, 'conflict'));
    }
  });

  it('is not taken back by its owner from the beginning: only the steward undoes more than seven days', async () => {
    const next = party(clinic.system, []);
    const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString();
    expect(await post('/v1/keys', { ...keyBody(next), notBefore: days(30) })).toMatchObject({ status: 201 });
    await post(`/v1/keys/${next.jwk.kid}/activate`);
    const path = `/v1/keys/${next.jwk.kid}/compromise`;
    expect(await post(path, { since: days(8) }, clinic)).toMatchObject(problem(403, 'not-allowed'));
    expect(await post(path, { since: days(8) })).toMatchObject({ status: 200 });
  });

  it('ends once, whoever is first', async () => {
    const next = party(ward.system, []);
    await post('/v1/keys', keyBody(next));
    const acts = ['retire', 'compromise', 'retire', 'compromise'].map((act) =>
      post(`/v1/keys/${next.jwk.kid}/${act}`),
    );
    for (const { status } of await Promise.all(acts)) expect([200, 409]).toContain(status);
    expect((await directory.call('GET', `/v1/keys/${next.jwk.kid}`)).body.status).toBe('compromised');
  });

  it('of a key that nobody knows has not begun', async () => {
    for (const act of ['activate', 'retire', 'compromise']) {
      expect(await post(`/v1/keys/unknown/${act}`)).toMatchObject(problem(404, 'not-found'));
    }
  });
});

describe('reading keys', () => {
  it('shows a system its own and the steward all', async () => {
    const all = await directory.call('GET', `/v1/keys?limit=200`);
    expect(new Set(all.body.items.map(({ system }: { system: string }) => system)).size).toBeGreaterThan(3);
    const own = await directory.call('GET', `/v1/keys?system=${ward.system}`, { as: clinic });
    expect(new Set(own.body.items.map(({ system }: { system: string }) => system))).toEqual(
      new Set([clinic.system]),
    );
    expect((await directory.call('GET', `/v1/keys/${ward.jwk.kid}`, { as: clinic })).status).toBe(404);
    expect((await directory.call('GET', `/v1/keys/${clinic.jwk.kid}`, { as: clinic })).status).toBe(200);
    const active = await directory.call('GET', `/v1/keys?status=pending&system=${clinic.system}`);
    expect(active.body.items.every(({ status }: { status: string }) => status === 'pending')).toBe(true);
  });
});
