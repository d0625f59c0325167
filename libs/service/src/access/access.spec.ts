import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import type { FastifyRequest } from 'fastify';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ControlState, type Role, type TokenKey } from '#control';
import { Access } from './access.js';

const ISSUER = 'https://directory.example';
const BUS = 'urn:wasl:dz:bus';
const SYSTEM = 'urn:wasl:dz:education:enrolment';
const MEMBER = 'urn:wasl:dz:education';
const names = { fr: 'n', ar: 'ن', en: 'n' };

/** Claims that replace the usual ones; undefined leaves one out. */
type Claims = Record<string, unknown>;

let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
let jwk: TokenKey;
let view: ControlState;
let access: Access;

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' };
});

beforeEach(() => {
  view = new ControlState();
  view.apply({ kind: 'token-keys', issuer: ISSUER, jwks: { keys: [jwk] } });
  view.apply({ kind: 'member', id: MEMBER, parent: null, names, status: 'active' });
  applySystem('active', ['consumer']);
  access = new Access({ view, issuer: ISSUER, audience: BUS });
});

describe('Access', () => {
  it('knows the caller behind a valid token', async () => {
    const request = requestWith(await token());
    const caller = { system: SYSTEM, member: MEMBER, roles: ['consumer'] };
    expect(await access.authenticate(request)).toEqual(caller);
    expect(request.caller).toEqual(caller);
  });

  it.each([undefined, '', 'Basic dXNlcg==', 'Bearer', 'Bearer a b'])(
    'refuses the header %j',
    async (authorization) => {
      const request = { headers: { authorization } } as FastifyRequest;
      await expect(access.authenticate(request)).rejects.toMatchObject({ code: 'not-authenticated' });
      expect(request.caller).toBeUndefined();
    },
  );

  const now = Math.floor(Date.now() / 1000);
  it.each<[string, Claims, string]>([
    ['expired', { exp: now - 60 }, 'token-expired'],
    ['not valid yet', { nbf: now + 60 }, 'token-invalid'],
    ['without expiry', { exp: undefined }, 'token-invalid'],
    ['of another issuer', { iss: 'https://elsewhere.example' }, 'token-invalid'],
    ['for another audience', { aud: 'urn:wasl:ma:bus' }, 'wrong-audience'],
    ['without audience', { aud: undefined }, 'wrong-audience'],
    ['of an unknown system', { client_id: 'urn:wasl:dz:nobody:x' }, 'token-invalid'],
    ['that names no system', { client_id: 7 }, 'token-invalid'],
  ])('refuses a token %s', async (_, claims, code) => {
    await expect(access.verify(await token(claims))).rejects.toMatchObject({ code });
  });

  it('refuses an unsigned token, a MAC under the public key, another key and another type', async () => {
    const unsigned = new UnsecuredJWT({ client_id: SYSTEM })
      .setIssuer(ISSUER)
      .setAudience(BUS)
      .setExpirationTime('1h');
    const mac = signer().setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' });
    const other = await generateKeyPair('ES256');
    const idToken = signer().setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'JWT' });
    for (const bad of [
      unsigned.encode(),
      await mac.sign(new TextEncoder().encode(JSON.stringify(jwk))),
      await token({}, other.privateKey),
      await idToken.sign(keys.privateKey),
      `${await token()}x`,
    ])
      await expect(access.verify(bad)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('refuses a suspended system and a suspended member', async () => {
    applySystem('suspended', ['consumer']);
    await expect(access.verify(await token())).rejects.toMatchObject({
      code: 'system-suspended',
      status: 403,
    });
    applySystem('active', ['consumer']);
    view.apply({ kind: 'member', id: MEMBER, parent: null, names, status: 'suspended' });
    await expect(access.verify(await token())).rejects.toMatchObject({ code: 'system-suspended' });
  });

  it('says which role is needed', async () => {
    const request = requestWith(await token());
    await expect(access.authenticate(request, ['auditor', 'steward'])).rejects.toMatchObject({
      code: 'not-allowed',
      detail: 'needs the role auditor or steward',
    });
    await expect(access.authenticate(request, ['auditor', 'consumer'])).resolves.toBeDefined();
  });

  it('grants only roles that both the token and the directory grant', async () => {
    const both = await token({ scope: 'consumer steward' });
    expect((await access.verify(both)).roles).toEqual(['consumer']);
    applySystem('active', ['consumer', 'steward', 'auditor']);
    expect((await access.verify(both)).roles).toEqual(['consumer', 'steward']);
    expect((await access.verify(await token({ scope: undefined, roles: ['auditor'] }))).roles).toEqual([
      'auditor',
    ]);
    expect((await access.verify(await token({ scope: undefined }))).roles).toEqual([]);
  });

  it('follows a change of the token keys', async () => {
    const old = await token();
    await access.verify(old);
    const next = await generateKeyPair('EdDSA', { extractable: true });
    const nextJwk: TokenKey = { ...(await exportJWK(next.publicKey)), kid: 'k2', alg: 'EdDSA' };
    view.apply({ kind: 'token-keys', issuer: ISSUER, jwks: { keys: [nextJwk] } });
    await expect(access.verify(old)).rejects.toMatchObject({ code: 'token-invalid' });
    const fresh = signer().setProtectedHeader({ alg: 'EdDSA', kid: 'k2', typ: 'at+jwt' });
    await expect(access.verify(await fresh.sign(next.privateKey))).resolves.toBeDefined();
  });

  it('is unavailable, and not open, while no token keys of the issuer are known', async () => {
    const empty = new Access({ view: new ControlState(), issuer: ISSUER, audience: BUS });
    await expect(empty.verify(await token())).rejects.toMatchObject({ code: 'unavailable' });
    const stranger = new Access({ view, issuer: 'https://elsewhere.example', audience: BUS });
    await expect(stranger.verify(await token())).rejects.toMatchObject({ code: 'unavailable' });
  });
});

function applySystem(status: 'active' | 'suspended', roles: Role[]): void {
  view.apply({ kind: 'system', id: SYSTEM, member: MEMBER, names, roles, status });
}

function signer(claims: Claims = {}): SignJWT {
  const iat = Math.floor(Date.now() / 1000);
  const all: Claims = {
    iss: ISSUER,
    aud: BUS,
    iat,
    exp: iat + 600,
    client_id: SYSTEM,
    scope: 'consumer',
    ...claims,
  };
  return new SignJWT(all);
}

function token(claims: Claims = {}, key = keys.privateKey): Promise<string> {
  return signer(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' }).sign(key);
}

function requestWith(bearer: string): FastifyRequest {
  return { headers: { authorization: `Bearer ${bearer}` } } as FastifyRequest;
}
