import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaslError } from '#protocol';
import { parseVersion } from '../confluent/requests.js';
import { readVersion, requireNumber, requireVersion } from './version-number.js';

const LARGEST = 2 ** 31 - 1;
const number = fc.oneof(fc.integer({ min: 1, max: LARGEST }), fc.constantFrom(1, LARGEST));
const space = fc.constantFrom('', ' ', '\t ');
const cased = fc
  .array(fc.boolean(), { minLength: 6, maxLength: 6 })
  .map((upper) => [...'latest'].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''));
const latest = fc.oneof(cased, fc.constantFrom('-1', '-01'));
/** Whatever else somebody may write. */
const other = fc
  .oneof(
    fc.string(),
    fc.integer({ max: 0 }).map(String),
    fc.bigInt({ min: BigInt(LARGEST) + 1n, max: 10n ** 40n }).map(String),
    fc.double().map((value) => `${value}`),
    fc.constantFrom('', '0', '1e3', '0x1', '1.0', '١', 'latest!', '1 1', '--1', '+', '1\0', 'NaN'),
  )
  .filter((text) => !/^\s*([+-]?0*[1-9]\d{0,9}|latest)\s*$/i.test(text));

/** What a reader answers, or the code and the text of its error. */
function asked(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof WaslError) return [error.code, error.detail];
    const { status, errorCode, message } = error as { status: number; errorCode: number; message: string };
    return [status, errorCode, message];
  }
}

describe('a version', () => {
  it('is read back from its number, however it is written', () => {
    fc.assert(
      fc.property(number, space, fc.constantFrom('', '+', '0', '+00'), (version, blank, before) => {
        const text = blank + before + version + blank;
        for (const read of [readVersion, parseVersion, requireVersion, requireNumber])
          expect(read(text)).toBe(version);
      }),
    );
  });

  it('is the latest by name or as -1, but where it must be named', () => {
    fc.assert(
      fc.property(latest, (text) => {
        for (const read of [readVersion, parseVersion, requireVersion]) expect(read(text)).toBe('latest');
        expect(asked(requireNumber, text)).toEqual([
          'not-found',
          'a version is a whole number from 1 to 2147483647',
        ]);
      }),
    );
  });

  it('is refused if it is neither, with the text of the API that was called', () => {
    fc.assert(
      fc.property(other, (text) => {
        expect(readVersion(text)).toBeUndefined();
        expect(asked(parseVersion, text)).toEqual([
          422,
          42202,
          `The specified version '${text}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
        ]);
        expect(asked(requireVersion, text)).toEqual([
          'invalid-request',
          'version is a whole number from 1 to 2147483647, or latest',
        ]);
        expect(asked(requireNumber, text)).toEqual(['not-found', expect.any(String)]);
      }),
    );
  });
});
