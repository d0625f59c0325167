import { CompactSign, compactVerify, importJWK } from 'jose';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCompactJws, signCompactJws, signCompactJwsAsync, verifyJws, verifyJwsAsync } from './jws.js';
import {
  generateKey,
  publicJwk,
  signingKeyFromJwk,
  verificationKeyFromJwk,
  type SignatureAlgorithm,
} from './keys.js';

const TYP = 'test+jwt';
const algorithms: SignatureAlgorithm[] = ['Ed25519', 'ES256'];
const keyPair = (alg: SignatureAlgorithm) => {
  const { jwk } = generateKey(alg);
  return { jwk, signing: signingKeyFromJwk(jwk), verification: verificationKeyFromJwk(publicJwk(jwk)) };
};
const pairs = { Ed25519: keyPair('Ed25519'), ES256: keyPair('ES256') };
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = Buffer.alloc(64, 7).toString('base64url');

describe.each(algorithms)('compact JWS with %s', (alg) => {
  const { signing, verification, jwk } = pairs[alg];

  it('signs any claims so that they verify and read back, here and on the pool', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (claims) => {
        for (const token of [
          signCompactJws(TYP, claims, signing),
          await signCompactJwsAsync(TYP, claims, signing),
        ]) {
          const parsed = parseCompactJws(token, TYP);
          verifyJws(parsed, verification);
          await verifyJwsAsync(parsed, verification);
          expect(parsed.payload.toString()).toBe(JSON.stringify(claims));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('refuses every token with a flipped bit', async () => {
    const token = Buffer.from(signCompactJws(TYP, { a: 'é', n: 1 }, signing));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: token.length * 8 - 1 }), async (bit) => {
        const changed = Buffer.from(token);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const refusal =
          /malformed-token|wrong-signature|unknown-key|unsupported-algorithm|algorithm-mismatch/;
        const read = () => parseCompactJws(changed.toString('latin1'), TYP);
        expect(() => verifyJws(read(), verification)).toThrow(refusal);
        await expect((async () => verifyJwsAsync(read(), verification))()).rejects.toThrow(refusal);
      }),
      { numRuns: 400 },
    );
  });

  it('agrees with jose in both directions', async () => {
    const token = signCompactJws(TYP, { a: 1 }, signing);
    const { payload } = await compactVerify(token, await importJWK(publicJwk(jwk), alg));
    expect(Buffer.from(payload).toString()).toBe('{"a":1}');
    const foreign = await new CompactSign(Buffer.from('{"a":1}'))
      .setProtectedHeader({ typ: TYP, kid: signing.kid, alg })
      .sign(await importJWK(jwk, alg));
    expect(() => verifyJws(parseCompactJws(foreign, TYP), verification)).not.toThrow();
  });

  it('refuses another key of the same algorithm, named or not', () => {
    const other = keyPair(alg);
    const parsed = parseCompactJws(signCompactJws(TYP, {}, signing), TYP);
    expect(() => verifyJws(parsed, other.verification)).toThrow('unknown-key');
    expect(() => verifyJws(parsed, { ...other.verification, kid: signing.kid })).toThrow('wrong-signature');
  });
});

describe('the algorithm', () => {
  it('is that of the registered key, whatever the header says', () => {
    const { signing, verification } = pairs.Ed25519;
    const confused = signCompactJws(TYP, {}, { ...pairs.ES256.signing, kid: signing.kid });
    expect(() => verifyJws(parseCompactJws(confused, TYP), verification)).toThrow('algorithm-mismatch');
  });

  it('may be written EdDSA, the older name of Ed25519', async () => {
    const { jwk, signing, verification } = pairs.Ed25519;
    const { alg: _, ...key } = jwk;
    const token = await new CompactSign(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'EdDSA', typ: TYP, kid: signing.kid })
      .sign(await importJWK(key, 'EdDSA'));
    const parsed = parseCompactJws(token, TYP);
    expect(parsed.header.alg).toBe('Ed25519');
    expect(() => verifyJws(parsed, verification)).not.toThrow();
  });

  it.each(['none', 'NONE', 'HS256', 'RS256', 'ES384', 'ES256K', 'Ed448', 'ed25519', ''])(
    'refuses %j',
    (alg) => {
      const token = `${base64url({ alg, kid: 'k', typ: TYP })}.${base64url({})}.${signature}`;
      expect(() => parseCompactJws(token, TYP)).toThrow('unsupported-algorithm');
    },
  );
});

describe('the strict form', () => {
  const good = signCompactJws(TYP, { a: '??>>' }, pairs.Ed25519.signing);
  const [header, payload, sig] = good.split('.') as [string, string, string];
  const withHeader = (value: unknown): string => `${base64url(value)}.${payload}.${sig}`;
  const headerText = (text: string): string => `${Buffer.from(text).toString('base64url')}.${payload}.${sig}`;
  const plain = { alg: 'Ed25519', kid: 'k', typ: TYP };

  it.each([
    ['empty', ''],
    ['one part', header],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${good}.${sig}`],
    ['no header', `.${payload}.${sig}`],
    ['no signature', `${header}.${payload}.`],
    ['padding', `${header}.${payload}=.${sig}`],
    ['a space', `${header}. ${payload}.${sig}`],
    ['a line break at the end', `${good}\n`],
    ['the base64 alphabet', `${header}.${payload.replace(/[-_]/, '+')}x.${sig}`],
    [
      'spare bits in the signature',
      `${header}.${payload}.${sig.slice(0, -1)}${sig.endsWith('A') ? 'B' : 'C'}`.replace(/.$/, 'h'),
    ],
    ['a signature of 63 bytes', `${header}.${payload}.${Buffer.alloc(63).toString('base64url')}`],
    ['a signature of 65 bytes', `${header}.${payload}.${Buffer.alloc(65).toString('base64url')}`],
    ['another typ', withHeader({ ...plain, typ: 'other+jwt' })],
    ['no typ', withHeader({ alg: 'Ed25519', kid: 'k' })],
    ['no kid', withHeader({ alg: 'Ed25519', typ: TYP })],
    ['an empty kid', withHeader({ ...plain, kid: '' })],
    ['a kid of 129 characters', withHeader({ ...plain, kid: 'k'.repeat(129) })],
    ['a numeric alg', withHeader({ ...plain, alg: 1 })],
    ['crit', withHeader({ ...plain, crit: ['exp'] })],
    ['b64', withHeader({ ...plain, b64: false })],
    ['an embedded key', withHeader({ ...plain, jwk: {} })],
    ['a key address', withHeader({ ...plain, jku: 'https://x' })],
    ['a certificate', withHeader({ ...plain, x5c: [] })],
    ['a header that is an array', withHeader([])],
    ['a header that is null', withHeader(null)],
    ['a header that is not JSON', headerText('{')],
    ['a header with a byte order mark', headerText(`\ufeff${JSON.stringify(plain)}`)],
    ['a header with alg twice', headerText(`{"alg":"none","alg":"Ed25519","kid":"k","typ":"${TYP}"}`)],
    [
      'a header with alg twice, once escaped',
      headerText(`{"\\u0061lg":"none","alg":"Ed25519","kid":"k","typ":"${TYP}"}`),
    ],
    ['a header with __proto__', headerText(`{"alg":"Ed25519","kid":"k","typ":"${TYP}","__proto__":{}}`)],
    [
      'a header that is not UTF-8',
      `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${payload}.${sig}`,
    ],
  ])('refuses a token with %s', (_what, token) => {
    expect(() => parseCompactJws(token, TYP)).toThrow('malformed-token');
  });

  it('refuses every spelling but one of the same bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const decode = (text: string) => Buffer.from(text, 'base64url').toString('hex');
    const twins = [...alphabet]
      .map((char) => sig.slice(0, -1) + char)
      .filter((text) => decode(text) === decode(sig));
    expect(twins).toHaveLength(16);
    const accepted = twins.filter((twin) => {
      try {
        return parseCompactJws(`${header}.${payload}.${twin}`, TYP);
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([sig]);
  });

  it('takes whitespace in the JSON of the header, since it has one meaning', () => {
    const token = headerText(`{ "typ" : "${TYP}",\n "kid":"k", "alg":"Ed25519" }`);
    expect(parseCompactJws(token, TYP).header).toEqual(plain);
  });

  it('refuses what is longer than allowed, with the code asked for', () => {
    expect(() => parseCompactJws(good, TYP, good.length)).not.toThrow();
    expect(() => parseCompactJws(good, TYP, good.length - 1, 'malformed-manifest')).toThrow(
      'malformed-manifest',
    );
  });

  it('takes a token without typ only where none is expected', () => {
    const bare = withHeader({ alg: 'Ed25519', kid: 'k' });
    expect(parseCompactJws(bare, null).header.typ).toBeNull();
    expect(() => parseCompactJws(good, null)).toThrow('malformed-token');
  });
});
