import { describe, expect, it } from 'vitest';
import { assertionFault } from './assertion-rules.js';

const NOW = 1_795_000_000;
const claims = { aud: 'https://directory.test', jti: 'x', iat: NOW, exp: NOW + 60 };
const header = { alg: 'EdDSA', kid: 'k' };

describe('client assertion', () => {
  it('has no fault as clients make it, with or without iat, with one audience as a list', () => {
    expect(assertionFault(claims, header, NOW)).toBeUndefined();
    expect(assertionFault({ ...claims, iat: undefined }, header, NOW)).toBeUndefined();
    expect(assertionFault({ ...claims, aud: [claims.aud] }, header, NOW)).toBeUndefined();
    expect(assertionFault({ ...claims, exp: NOW + 310, iat: NOW + 10 }, header, NOW)).toBeUndefined();
  });

  it.each([
    [{ exp: NOW + 311 }, header],
    [{ iat: NOW + 11 }, header],
    [{ aud: ['https://directory.test', 'https://other.test'] }, header],
    [{ aud: [] }, header],
    [{ jti: 7 }, header],
    [{ jti: 'x'.repeat(257) }, header],
    [{}, { alg: 'EdDSA' }],
  ])('has a fault with %j, %j', (wrong, wrongHeader) => {
    expect(assertionFault({ ...claims, ...wrong }, wrongHeader, NOW)).toEqual(expect.any(String));
  });
});
