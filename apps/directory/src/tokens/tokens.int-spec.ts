import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { publicJwk } from '#protocol';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../app.js';
import {
  assertion,
  ASSERTION,
  BUS,
  eventually,
  ISSUER,
  keyBody,
  party,
  STEWARD,
  TestDirectory,
  type Party,
} from '../spec-harness.js';

let directory: TestDirectory;
let clinic: Party;

beforeAll(async () => {
  directory = await TestDirectory.start();
  clinic = await directory.join('urn:wasl:dz:health:clinic', ['consumer', 'publisher']);
});
afterAll(() => directory?.stop());

const refused = { status: 401, body: { error: 'invalid_client' } };

async function askWith(...parts: Parameters<typeof assertion>) {
  return directory.ask({ client_assertion: await assertion(...parts) });
}

describe('a token', () => {
  it('is a JWT of five minutes for the bus, verified with the published keys', async () => {
    const form = { client_assertion: await assertion(clinic), scope: 'consumer', resource: BUS };
    const { status, body, headers } = await directory.ask(form);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'consumer' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('set-cookie')).toBeNull();
    const jwks = (await (await fetch(`${directory.service.url}/oauth/jwks`)).json()) as JSONWebKeySet;
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(jwks), {
      issuer: ISSUER,
      audience: BUS,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: clinic.system, client_id: clinic.system, scope: 'consumer' });
    expect(payload.exp! - payload.iat!).toBe(300);
    expect(protectedHeader.alg).toBe('Ed25519');
    expect(JSON.stringify(jwks)).not.toContain('"d"');
    expect(await directory.control('token-keys')).toMatchObject({ kind: 'token-keys', issuer: ISSUER });
    expect(JSON.stringify(await directory.control('token-keys'))).not.toContain('"d"');
  });

  it('is given for an ES256 key, for the older name EdDSA, and for the token endpoint as audience', async () => {
    const laboratory = await directory.join('urn:wasl:dz:health:laboratory', ['consumer'], { alg: 'ES256' });
    expect((await askWith(laboratory)).status).toBe(200);
    expect((await askWith(clinic, {}, { alg: 'EdDSA' })).status).toBe(200);
    expect((await askWith(clinic, { aud: `${ISSUER}/oauth/token` })).status).toBe(200);
  });

  it('has no role when none is asked for', async () => {
    const { status, body } = await askWith(clinic);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('scope');
    const call = await fetch(`${directory.service.url}/v1/members`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(call.status).toBe(403);
  });
});

describe('an assertion is refused', () => {
  const now = () => Math.floor(Date.now() / 1000);
  it.each([
    ['for another audience', () => ({ aud: 'https://elsewhere.test' })],
    ['for two audiences', () => ({ aud: [ISSUER, 'https://elsewhere.test'] })],
    ['when it expired', () => ({ iat: now() - 120, exp: now() - 60 })],
    ['without an end', () => ({ exp: undefined })],
    ['with an end too far away', () => ({ exp: now() + 3_600 })],
    ['when it comes from the future', () => ({ iat: now() + 60, exp: now() + 120 })],
    ['before it becomes valid', () => ({ nbf: now() + 60, exp: now() + 120 })],
    ['without jti', () => ({ jti: undefined })],
    ['with a huge jti', () => ({ jti: 'x'.repeat(1_000) })],
    ['with another issuer than subject', () => ({ iss: STEWARD })],
    [
      'for a client that does not exist',
      () => ({ iss: 'urn:wasl:dz:health:ghost', sub: 'urn:wasl:dz:health:ghost' }),
    ],
  ])('%s', async (_, claims) => {
    expect(await askWith(clinic, claims())).toMatchObject(refused);
  });

  it('for the token endpoint of another server, whose name the caller claims by Host', async () => {
    const client_assertion = await assertion(clinic, { aud: 'http://elsewhere.test/oauth/token' });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION,
      client_assertion,
    });
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'elsewhere.test', 'content-type': 'application/x-www-form-urlencoded' };
      const sent = request(
        `${directory.service.url}/oauth/token`,
        { method: 'POST', headers },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('error', reject).end(form.toString());
    });
    expect(status).toBe(401);
  });

  it('with the key of another system', async () => {
    expect(await askWith({ ...clinic, jwk: directory.steward.jwk })).toMatchObject(refused);
    const { kid: _kid, ...stolen } = directory.steward.jwk;
    expect(await askWith({ ...clinic, jwk: { ...stolen, kid: clinic.jwk.kid! } })).toMatchObject(refused);
  });

  it('without the name of its key', async () => {
    expect(await askWith(clinic, {}, { kid: undefined })).toMatchObject(refused);
  });

  it('with alg none, and with the public key as an HMAC secret', async () => {
    const [header, claims] = (await assertion(clinic)).split('.') as [string, string];
    const withAlg = (alg: string) =>
      Buffer.from(JSON.stringify({ alg, kid: clinic.jwk.kid })).toString('base64url');
    expect(await directory.ask({ client_assertion: `${withAlg('none')}.${claims}.` })).toMatchObject(refused);
    const input = `${withAlg('HS256')}.${claims}`;
    for (const secret of [clinic.jwk.x, JSON.stringify(publicJwk(clinic.jwk)), '']) {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      expect(await directory.ask({ client_assertion: `${input}.${mac}` })).toMatchObject(refused);
    }
    expect(header).not.toBe('');
  });

  it('a second time, also by another instance and at the same moment', async () => {
    const other = await start({ ...directory.env });
    try {
      const client_assertion = await assertion(clinic);
      expect((await directory.ask({ client_assertion })).status).toBe(200);
      expect(await directory.ask({ client_assertion })).toMatchObject(refused);
      const body = (token: string) =>
        new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: ASSERTION,
          client_assertion: token,
        });
      const again = await fetch(`${other.url}/oauth/token`, { method: 'POST', body: body(client_assertion) });
      expect(again.status).toBe(401);
      const fresh = await assertion(clinic);
      const urls = Array.from({ length: 12 }, (_, i) => (i % 2 ? other.url : directory.service.url));
      const all = await Promise.all(
        urls.map((url) => fetch(`${url}/oauth/token`, { method: 'POST', body: body(fresh) })),
      );
      expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(11).fill(401)]);
    } finally {
      await other.close();
    }
  });
});

describe('a role or a resource', () => {
  it('that is not the system’s is refused, also next to one that is', async () => {
    for (const scope of ['steward', 'consumer steward', 'openid', 'everything']) {
      const { status, body } = await directory.ask({ client_assertion: await assertion(clinic), scope });
      expect([scope, status, body.error]).toEqual([scope, 400, 'invalid_scope']);
    }
    const powerless = await directory.join('urn:wasl:dz:health:poster', []);
    const { body } = await directory.ask({ client_assertion: await assertion(powerless), scope: 'steward' });
    expect(body.error).toBe('invalid_scope');
  });

  it('other than the bus is refused', async () => {
    const form = { client_assertion: await assertion(clinic), resource: 'urn:wasl:dz:elsewhere' };
    expect(await directory.ask(form)).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });
});

describe('no token any more, at once', () => {
  it('for a key that retired, was compromised, or is still pending', async () => {
    const ward = await directory.join('urn:wasl:dz:health:ward', ['consumer']);
    const next = party(ward.system, ward.roles);
    await directory.must('/v1/keys', keyBody(next));
    expect(await askWith(next)).toMatchObject(refused);
    await directory.must(`/v1/keys/${next.jwk.kid}/activate`);
    expect((await askWith(next)).status).toBe(200);
    await directory.must(`/v1/keys/${next.jwk.kid}/retire`);
    expect(await askWith(next)).toMatchObject(refused);
    expect((await askWith(ward)).status).toBe(200);
    await directory.must(`/v1/keys/${ward.jwk.kid}/compromise`);
    expect(await askWith(ward)).toMatchObject(refused);
  });

  it('for a key outside its window', async () => {
    const desk = await directory.join('urn:wasl:dz:health:desk', ['consumer']);
    const future = party(desk.system, desk.roles);
    const notBefore = new Date(Date.now() + 3_600_000).toISOString();
    await directory.must('/v1/keys', { ...keyBody(future), notBefore });
    await directory.must(`/v1/keys/${future.jwk.kid}/activate`);
    expect(await askWith(future)).toMatchObject(refused);
  });

  it('for a suspended system, a suspended member; and what was given out stops working', async () => {
    const pharmacy = await directory.join('urn:wasl:dz:pharmacies:stock', ['consumer']);
    const path = `/v1/systems/${pharmacy.system}`;
    const { body: system, headers } = await directory.call('GET', path);
    const state = { names: system.names, roles: system.roles };
    const suspended = await directory.call('PUT', path, {
      body: { ...state, status: 'suspended' },
      headers: { 'if-match': headers.get('etag')! },
    });
    expect(suspended.status).toBe(200);
    expect(await askWith(pharmacy)).toMatchObject(refused);
    const token = await directory.tokenFor(clinic);
    const member = await directory.call('GET', '/v1/members/urn:wasl:dz:health');
    const body = { parent: null, names: member.body.names, status: 'suspended' };
    const put = { body, headers: { 'if-match': member.headers.get('etag')! } };
    expect((await directory.call('PUT', '/v1/members/urn:wasl:dz:health', put)).status).toBe(200);
    expect(await askWith(clinic)).toMatchObject(refused);
    const headersOf = { authorization: `Bearer ${token}` };
    await eventually(
      async () => (await fetch(`${directory.service.url}/v1/keys`, { headers: headersOf })).status === 403,
    );
    const back = { body: { ...body, status: 'active' }, headers: { 'if-match': '*' } };
    expect((await directory.call('PUT', '/v1/members/urn:wasl:dz:health', back)).status).toBe(200);
    expect((await askWith(clinic)).status).toBe(200);
  });
});

describe('the protocol', () => {
  it('offers one flow and no other', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const response = await fetch(`${directory.service.url}/.well-known/${name}`);
      expect(await response.json()).toEqual({
        issuer: ISSUER,
        token_endpoint: `${ISSUER}/oauth/token`,
        jwks_uri: `${ISSUER}/oauth/jwks`,
        grant_types_supported: ['client_credentials'],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['Ed25519', 'EdDSA', 'ES256'],
        scopes_supported: ['publisher', 'consumer', 'auditor', 'steward'],
      });
    }
    for (const path of [
      '/auth',
      '/me',
      '/session/end',
      '/interaction/x',
      '/oauth/auth',
      '/token',
      '/request',
    ]) {
      expect([path, (await fetch(directory.service.url + path)).status]).toEqual([path, 404]);
    }
  });

  it('answers errors as OAuth does, to browsers too', async () => {
    const html = await directory.ask({ grant_type: 'password' }, { accept: 'text/html' });
    expect(html).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const other = await directory.ask({ client_assertion: await assertion(clinic), grant_type: 'password' });
    expect(other).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
    const secret = await directory.ask({ client_id: clinic.system, client_secret: 'x' });
    expect([400, 401]).toContain(secret.status);
    expect(secret.body).toHaveProperty('error');
    const json = await fetch(`${directory.service.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect(await json.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('gives no token while it can’t remember which assertions were used', async () => {
    const client = new pg.Client({ connectionString: directory.env.DATABASE_URL });
    await client.connect();
    try {
      await client.query('alter table directory.used_assertion rename to away');
      const { status, body } = await askWith(clinic);
      expect([status, body.error]).toEqual([503, 'server_error']);
      expect(JSON.stringify(body)).not.toMatch(/relation|used_assertion|access_token/);
      await client.query('alter table directory.away rename to used_assertion');
    } finally {
      await client.end();
    }
    expect((await askWith(clinic)).status).toBe(200);
  });

  it('reads no endless body', async () => {
    const huge = await directory.ask({ client_assertion: 'x'.repeat(200_000) });
    expect(huge.status).toBe(400);
  });
});
