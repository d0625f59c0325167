import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signCompactJws } from './jws.js';
import { generateKey, signingKeyFromJwk, verificationKeyFromJwk } from './keys.js';
import { verifyJws } from './jws.js';
import {
  checkManifestTimes,
  MANIFEST_TYP,
  manifestDigest,
  newSalt,
  parseManifest,
  payloadDigest,
  signManifest,
  type ManifestClaims,
} from './manifest.js';

const { jwk } = generateKey('Ed25519');
const key = signingKeyFromJwk(jwk);
const salt = newSalt();
const claims: ManifestClaims = {
  iss: 'urn:wasl:dz:interior:civil-registry',
  aud: 'urn:wasl:dz:bus',
  jti: '0193a2b4-7c11-7d2a-9f00-0123456789ab',
  iat: 1_790_000_000,
  exp: 1_790_000_300,
  topic: 'civil-status.birth.v1',
  version: 1,
  op: 'put',
  key: 'ولادة-16/001',
  cty: 'application/json',
  digest: payloadDigest(salt, Buffer.from('{}')),
  salt,
};
const token = (changed: object): string => signCompactJws(MANIFEST_TYP, { ...claims, ...changed }, key);

describe('manifests', () => {
  it('are read back as signed, with and without a correlation id', () => {
    for (const signed of [claims, { ...claims, corr: 'case 17' }, { ...claims, op: 'delete' as const }]) {
      const parsed = parseManifest(signManifest(signed, key));
      expect(parsed.claims).toEqual(signed);
      verifyJws(parsed.jws, verificationKeyFromJwk(jwk));
    }
  });

  it.each(Object.keys(claims))('are refused without %s', (name) => {
    expect(() => parseManifest(token({ [name]: undefined }))).toThrow(`claim "${name}"`);
  });

  it.each<object>([
    { iss: 'urn:wasl:dz:interior' },
    { iss: 'urn:wasl:dz:interior:Civil' },
    { iss: 'urn:wasl:dz:interior:civil:more' },
    { aud: 'urn:wasl:dz:bus:gateway' },
    { aud: ['urn:wasl:dz:bus'] },
    { jti: '0193A2B4-7C11-7D2A-9F00-0123456789AB' },
    { jti: '{0193a2b4-7c11-7d2a-9f00-0123456789ab}' },
    { iat: 1.5 },
    { iat: -1 },
    { iat: '1790000000' },
    { exp: 2 ** 53 },
    { exp: null },
    { topic: 'civil-status.birth' },
    { topic: 'civil-status.birth.v0' },
    { topic: 'civil status.birth.v1' },
    { topic: `${'a'.repeat(200)}.v1` },
    { version: 0 },
    { version: '1' },
    { op: 'PUT' },
    { key: '' },
    { key: 'k'.repeat(257) },
    { key: 'a\nb' },
    { key: '\ud800' },
    { cty: 'json' },
    { cty: 'application/json; charset=utf-8' },
    { digest: claims.digest.slice(1) },
    { digest: `${claims.digest.slice(0, 42)}B` },
    { salt: `${claims.salt.slice(0, 21)}B` },
    { salt: `${claims.salt}A` },
    { corr: '' },
    { corr: 7 },
    { nbf: 1 },
    { toString: 'x' },
  ])('are refused with %j', (changed) => {
    expect(() => parseManifest(token(changed))).toThrow(
      expect.objectContaining({ code: 'malformed-manifest' }),
    );
  });

  it('are refused when a claim stands twice, beyond 8,192 bytes, or when no object', () => {
    const [header, payload, signature] = token({}).split('.') as [string, string, string];
    const text = Buffer.from(payload, 'base64url').toString();
    const twice = Buffer.from(text.replace('{', '{"op":"delete",')).toString('base64url');
    expect(() => parseManifest(`${header}.${twice}.${signature}`)).toThrow('repeats a member name');
    expect(() => parseManifest(token({ corr: 'x'.repeat(8192) }))).toThrow('longer than 8192 bytes');
    const array = Buffer.from('[]').toString('base64url');
    expect(() => parseManifest(`${header}.${array}.${signature}`)).toThrow('malformed-manifest');
  });

  it('never throw anything but a WaslError, whatever the token', () => {
    const parts = fc.array(
      fc.oneof(
        fc.base64String(),
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((list) => list.join('.')),
        ),
        (text) => {
          expect(() => parseManifest(text)).toThrow(expect.objectContaining({ name: 'WaslError' }));
        },
      ),
    );
  });

  it('never repeat a value in the text of an error', () => {
    expect(() => parseManifest(token({ key: 'SECRET\n' }))).not.toThrow(/SECRET/);
    expect(() => parseManifest(token({ SECRET: 1 }))).not.toThrow(/SECRET/);
  });
});

describe('times', () => {
  const at =
    (now: number, changed: Partial<ManifestClaims> = {}) =>
    () =>
      checkManifestTimes({ ...claims, ...changed }, now);
  const { iat, exp } = claims;

  it('admit 10 seconds ahead and everything before exp', () => {
    for (const now of [iat - 10, iat, exp - 1]) expect(at(now)).not.toThrow();
  });
  it('refuse the 11th second ahead, and exp itself', () => {
    expect(at(iat - 11)).toThrow('manifest-in-future');
    expect(at(exp)).toThrow('manifest-expired');
  });
  it('refuse a lifetime of 0 or 301 seconds', () => {
    expect(at(iat, { exp: iat })).toThrow('malformed-manifest');
    expect(at(iat, { exp: iat + 301 })).toThrow('malformed-manifest');
  });
});

describe('digests', () => {
  it('are SHA-256 over salt bytes and payload bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
        const any = newSalt();
        const expected = createHash('sha256')
          .update(Buffer.from(any, 'base64url'))
          .update(payload)
          .digest('base64url');
        expect(payloadDigest(any, payload)).toBe(expected);
      }),
    );
  });

  it('of a manifest covers the signature too', () => {
    const text = token({});
    expect(manifestDigest(text)).toBe(createHash('sha256').update(text, 'latin1').digest('base64url'));
    expect(newSalt()).not.toBe(newSalt());
  });
});
