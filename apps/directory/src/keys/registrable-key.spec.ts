import { generateKey, publicJwk } from '#protocol';
import { describe, expect, it } from 'vitest';
import { registrableKey } from './registrable-key.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a key to be registered', () => {
  it.each(['Ed25519', 'ES256'] as const)('is the public part of an %s key', (alg) => {
    const { jwk } = generateKey(alg);
    const { key, jwk: kept } = registrableKey({ ...publicJwk(jwk), unknown: 'member' });
    expect(key.kid).toBe(jwk.kid);
    expect(kept).toEqual(publicJwk(jwk));
  });

  it.each(['Ed25519', 'ES256'] as const)('with its private part is disclosed (%s)', (alg) => {
    expect(() => registrableKey({ ...generateKey(alg).jwk })).toThrow(code('private-key-disclosed'));
    expect(() => registrableKey({ kty: 'oct', k: 'c2VjcmV0' })).toThrow(code('private-key-disclosed'));
  });

  it('is of a supported kind, with the kid and alg that it has', () => {
    const jwk = publicJwk(generateKey('Ed25519').jwk);
    const other = publicJwk(generateKey('ES256').jwk);
    for (const wrong of [
      { ...jwk, kid: other.kid },
      { ...jwk, alg: 'ES256' },
      { ...jwk, crv: 'X25519' },
      { ...jwk, x: `${jwk.x}=` },
      { ...other, y: other.x },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
      {},
    ]) {
      expect(() => registrableKey(wrong)).toThrow(code('malformed-key'));
    }
  });

  it('is no point under which anything verifies', () => {
    for (const hex of [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      `ec${'ff'.repeat(30)}7f`,
      `${'00'.repeat(31)}80`,
    ]) {
      const x = Buffer.from(hex, 'hex').toString('base64url');
      expect(() => registrableKey({ kty: 'OKP', crv: 'Ed25519', x })).toThrow(code('malformed-key'));
    }
  });
});
