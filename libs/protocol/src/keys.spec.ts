import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  generateKey,
  publicJwk,
  signingKeyFromJwk,
  thumbprint,
  verificationKeyFromJwk,
  type Jwk,
} from './keys.js';

describe('thumbprints', () => {
  it('are those of RFC 8037 appendix A.3', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
    expect(thumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it.each(['Ed25519', 'ES256'] as const)('agree with jose for %s', async (alg) => {
    const { jwk } = generateKey(alg);
    expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk as JWK));
    expect(thumbprint(jwk)).toBe(jwk.kid);
    expect(publicJwk(jwk)).toEqual(expect.objectContaining({ kid: jwk.kid, alg, use: 'sig' }));
    expect(publicJwk(jwk)).not.toHaveProperty('d');
  });
});

describe('JWK import', () => {
  const { jwk: ed } = generateKey('Ed25519');
  const { jwk: ec } = generateKey('ES256');
  const { d: _d, ...edPublic } = ed;

  it('takes private and public keys, and the older algorithm name', () => {
    expect(signingKeyFromJwk(ed)).toMatchObject({ kid: ed.kid, alg: 'Ed25519' });
    expect(verificationKeyFromJwk(ec)).toMatchObject({ kid: ec.kid, alg: 'ES256' });
    expect(verificationKeyFromJwk({ ...edPublic, alg: 'EdDSA' }).alg).toBe('Ed25519');
    expect(verificationKeyFromJwk({ ...edPublic, key_ops: ['verify'] }).alg).toBe('Ed25519');
    expect(verificationKeyFromJwk(ec).publicKey.type).toBe('public');
  });

  const bad: [string, Jwk][] = [
    ['another kid', { ...edPublic, kid: 'mine' }],
    ['another alg', { ...edPublic, alg: 'ES256' }],
    ['use for encryption', { ...edPublic, use: 'enc' }],
    ['key_ops without verify', { ...edPublic, key_ops: ['encrypt'] }],
    ['RSA', { kty: 'RSA', crv: '', x: '' }],
    ['P-384', { ...ec, crv: 'P-384' }],
    ['Ed448', { ...edPublic, crv: 'Ed448' }],
    ['a short x', { ...edPublic, x: edPublic.x.slice(1) }],
    ['padding', { ...edPublic, x: `${edPublic.x}=` }],
    ['no y', { kty: 'EC', crv: 'P-256', x: ec.x }],
    ['a point off the curve', { kty: 'EC', crv: 'P-256', x: ec.x, y: ec.x }],
  ];
  it.each(bad)('refuses a public key with %s', (_what, jwk) => {
    expect(() => verificationKeyFromJwk(jwk)).toThrow(expect.objectContaining({ code: 'malformed-key' }));
  });

  it('refuses to sign with a public key, or with parts that do not belong together', () => {
    expect(() => signingKeyFromJwk(edPublic)).toThrow('malformed-key');
    const { kid: _kid, ...mixed } = { ...ed, x: generateKey('Ed25519').jwk.x };
    expect(() => signingKeyFromJwk(mixed)).toThrow('malformed-key');
    expect(() => signingKeyFromJwk({ ...ed, key_ops: ['verify'] })).toThrow('malformed-key');
  });
});
