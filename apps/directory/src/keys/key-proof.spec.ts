import { generateKey, signCompactJws, signingKeyFromJwk, verificationKeyFromJwk, publicJwk } from '#protocol';
import { describe, expect, it } from 'vitest';
import { verifyKeyProof } from './key-proof.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const iat = NOW.getTime() / 1000;
const { jwk } = generateKey('Ed25519');
const other = signingKeyFromJwk(generateKey('Ed25519').jwk);
const expected = {
  system: 'urn:wasl:dz:health:clinic',
  bus: 'urn:wasl:dz:bus',
  key: verificationKeyFromJwk(publicJwk(jwk)),
};
const right = { iss: expected.system, aud: expected.bus, iat, exp: iat + 60 };
const prove = (claims: object, typ = 'wasl-key-proof+jwt', key = signingKeyFromJwk(jwk)) =>
  signCompactJws(typ, claims, key);
const refusal = (rule: string) =>
  expect.objectContaining({ code: 'invalid-key-proof', violations: [{ pointer: '/proof', rule }] });

describe('proof of possession', () => {
  it('is accepted once it is made by the key, for the system and the bus, now', () => {
    expect(() => verifyKeyProof(prove(right), expected, NOW)).not.toThrow();
  });

  it.each([
    ['of another type', () => prove(right, 'wasl-manifest+jwt'), 'malformed-token'],
    ['by another key', () => prove(right, undefined, other), 'unknown-key'],
    [
      'by another key under this kid',
      () => prove(right, undefined, { ...other, kid: expected.key.kid }),
      'wrong-signature',
    ],
    ['for another system', () => prove({ ...right, iss: 'urn:wasl:dz:health:ward' }), 'wrong-issuer'],
    ['for another bus', () => prove({ ...right, aud: 'urn:wasl:ma:bus' }), 'wrong-audience'],
    ['that expired', () => prove({ ...right, iat: iat - 120, exp: iat - 60 }), 'token-expired'],
    ['from the future', () => prove({ ...right, iat: iat + 60, exp: iat + 120 }), 'malformed-token'],
    ['that lasts too long', () => prove({ ...right, exp: iat + 301 }), 'malformed-token'],
    ['that ends before it begins', () => prove({ ...right, exp: iat - 1 }), 'malformed-token'],
    ['with other claims', () => prove({ ...right, scope: 'steward' }), 'malformed-token'],
    ['without a time', () => prove({ iss: right.iss, aud: right.aud }), 'malformed-token'],
    ['whose claims are no object', () => prove([right]), 'malformed-token'],
    ['that is no token', () => 'nothing', 'malformed-token'],
  ])('%s is refused', (_, token, rule) => {
    expect(() => verifyKeyProof(token(), expected, NOW)).toThrow(refusal(rule));
  });
});
