import { beforeEach, describe, expect, it } from 'vitest';
import { ControlState, type KeyRecord } from '#control';
import {
  generateKey,
  publicJwk,
  signAccessStatement,
  signingKeyFromJwk,
  type AccessStatement,
} from '#protocol';
import { Access } from './access.js';

const BUS = 'urn:wasl:dz:bus';
const SYSTEM = 'urn:wasl:dz:education:enrolment';
const MEMBER = 'urn:wasl:dz:education';
const names = { fr: 'n', ar: 'ن', en: 'n' };
const { jwk } = generateKey('Ed25519');
const key = signingKeyFromJwk(jwk);
const now = Math.floor(Date.now() / 1_000);
const record: KeyRecord = {
  kind: 'key',
  kid: key.kid,
  system: SYSTEM,
  alg: 'Ed25519',
  jwk: { ...publicJwk(jwk) },
  status: 'active',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: null,
  changedAt: '2026-01-01T00:00:00Z',
};
const claims: AccessStatement = { iss: SYSTEM, aud: BUS, iat: now, exp: now + 60, scope: 'consumer steward' };
const signed = (changes: Partial<Record<keyof AccessStatement, unknown>> = {}) =>
  signAccessStatement({ ...claims, ...changes } as AccessStatement, key);

let view: ControlState;
let access: Access;
beforeEach(() => {
  view = new ControlState();
  view.apply({ kind: 'member', id: MEMBER, parent: null, names, status: 'active' });
  view.apply({
    kind: 'system',
    id: SYSTEM,
    member: MEMBER,
    names,
    roles: ['consumer', 'publisher'],
    status: 'active',
  });
  view.apply(record);
  access = new Access({ view, issuer: 'https://directory.example', audience: BUS });
});

describe('an access statement', () => {
  it('stands for its system, with the roles that it asks for and has', async () => {
    expect(await access.verify(signed())).toEqual({ system: SYSTEM, member: MEMBER, roles: ['consumer'] });
  });

  it.each<[string, Partial<Record<keyof AccessStatement, unknown>>, string]>([
    ['expired', { iat: now - 120, exp: now - 60 }, 'token-expired'],
    ['good for too long', { exp: now + 301 }, 'token-invalid'],
    ['dated ahead', { iat: now + 60, exp: now + 90 }, 'token-invalid'],
    ['for another bus', { aud: 'urn:wasl:ma:bus' }, 'wrong-audience'],
    ['of another system', { iss: 'urn:wasl:dz:education:other' }, 'token-invalid'],
    ['without roles', { scope: '' }, 'token-invalid'],
  ])('is refused when %s', async (_, changes, code) => {
    await expect(access.verify(signed(changes))).rejects.toMatchObject({ code });
  });

  it.each<[string, Partial<KeyRecord>]>([
    ['retired', { status: 'retired' }],
    ['compromised', { status: 'compromised' }],
    ['pending', { status: 'pending' }],
    ['of another system', { system: 'urn:wasl:dz:education:other' }],
    ['past its window', { notAfter: '2026-02-01T00:00:00Z' }],
  ])('is refused when its key is %s', async (_, changes) => {
    view.apply({ ...record, ...changes });
    await expect(access.verify(signed())).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('is refused under a wrong signature, and of a suspended system', async () => {
    const token = signed();
    const other = signAccessStatement(claims, signingKeyFromJwk(generateKey('Ed25519').jwk));
    const forged = token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'));
    await expect(access.verify(forged)).rejects.toMatchObject({ code: 'token-invalid' });
    view.apply({
      kind: 'system',
      id: SYSTEM,
      member: MEMBER,
      names,
      roles: ['consumer'],
      status: 'suspended',
    });
    await expect(access.verify(token)).rejects.toMatchObject({ code: 'system-suspended' });
  });
});
