import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WaslError } from './errors.js';
import { parseCompactJws, verifyJws } from './jws.js';
import { verificationKeyFromJwk, type Jwk } from './keys.js';

// Third-party vectors of C2SP/wycheproof; read where they lie, never copied in.
const file = join(import.meta.dirname, '../../../../shared/vectors/jws/wycheproof-jws.json');
const present = existsSync(file);

interface Group {
  comment: string;
  private?: Jwk;
  public?: Jwk;
  tests: { tcId: number; comment: string; jws: unknown; result: 'valid' | 'invalid' }[];
}
interface Vector {
  name: string;
  jwk: Jwk;
  token: string;
  valid: boolean;
}

function read(): Vector[] {
  const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] };
  return testGroups.flatMap((group) =>
    group.tests.map((test) => ({
      name: `${test.tcId} ${group.comment} ${test.comment}`,
      jwk: (group.public ?? group.private)!,
      token: typeof test.jws === 'string' ? test.jws : JSON.stringify(test.jws),
      valid: test.result === 'valid',
    })),
  );
}

/** The code of the refusal, or undefined if the token verifies. The vectors carry no typ, and kids of their own. */
function verdict({ jwk, token }: Vector): string | undefined {
  try {
    const parsed = parseCompactJws(token, null);
    const { kid, ...key } = jwk;
    verifyJws(parsed, { ...verificationKeyFromJwk(key), kid: kid ?? '' });
    return undefined;
  } catch (error) {
    if (error instanceof WaslError) return error.code;
    throw error;
  }
}

it.skipIf(present)('vectors may be missing outside CI only', ({ skip }) => {
  expect(process.env['CI']).not.toBe('true');
  skip('no ../shared/vectors/jws/wycheproof-jws.json beside the repository');
});

describe.skipIf(!present)('JSON Web Signatures against the vectors of C2SP/wycheproof', () => {
  const all = present ? read() : [];
  const ours = all.filter(({ jwk }) => jwk.kty === 'EC' && jwk.crv === 'P-256');
  const foreign = all.filter((vector) => !ours.includes(vector));

  it('applies 41 of the 401 (P-256 keys); the other 360 have RSA, HMAC or P-521 keys', () => {
    expect([all.length, ours.length, foreign.length]).toEqual([401, 41, 360]);
    expect(ours.filter(({ valid }) => valid)).toHaveLength(2);
  });

  it.each(ours)('$name', (vector) => {
    if (vector.valid) expect(verdict(vector)).toBeUndefined();
    else
      expect(verdict(vector)).toMatch(
        /^(malformed-(token|key)|unsupported-algorithm|unknown-key|wrong-signature)$/,
      );
  });

  it('refuses every vector of a foreign algorithm, those that are valid elsewhere as unsupported', () => {
    // Valid only for decoders that skip characters outside the alphabet, which ours must not do.
    const lax = /^37[23] base64 InvalidCharacterInserted/;
    const codes = foreign.map((vector) => ({ ...vector, code: verdict(vector) }));
    expect(
      codes.filter(({ code }) => code !== 'unsupported-algorithm' && code !== 'malformed-token'),
    ).toEqual([]);
    expect(
      codes.filter(({ valid, code }) => valid && code !== 'unsupported-algorithm').map(({ name }) => name),
    ).toEqual([expect.stringMatching(lax), expect.stringMatching(lax)]);
  });

  it('takes no key of a foreign algorithm', () => {
    for (const { jwk } of foreign) {
      const { kid: _, ...key } = jwk;
      expect(() => verificationKeyFromJwk(key)).toThrow(expect.objectContaining({ code: 'malformed-key' }));
    }
  });
});
