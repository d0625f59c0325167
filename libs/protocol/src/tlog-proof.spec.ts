import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTlogProof, parseTlogProof } from './tlog-proof.js';

const hashes = fc.array(
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 40 },
);
const checkpoint = 'log.example\n1\nAAAA\n\n— log.example AAAA\n';

describe('tlog-proof texts', () => {
  it('are read back the same, with and without extra', () => {
    const extra = fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(), hashes, extra, (index, path, bytes) => {
        const proof = { index, hashes: path, checkpoint, ...(bytes && { extra: Buffer.from(bytes) }) };
        expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
      }),
    );
  });

  const good = formatTlogProof({ index: 5, hashes: [Buffer.alloc(32)], checkpoint });
  it.each([
    ['another version', good.replace('@v1', '@v2')],
    ['no index', good.replace('index 5\n', '')],
    ['a leading zero', good.replace('index 5', 'index 05')],
    ['a negative index', good.replace('index 5', 'index -5')],
    ['an index beyond 2^53', good.replace('index 5', 'index 9999999999999999')],
    ['a short hash', good.replace('AAAA=\n', '=\n')],
    ['base64 with spare bits', good.replace(/A=\n/, 'B=\n')],
    ['carriage returns', good.replaceAll('\n', '\r\n')],
    [
      '64 hashes',
      formatTlogProof({ index: 5, hashes: Array<Buffer>(64).fill(Buffer.alloc(32)), checkpoint }),
    ],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 1)],
    ['extra after the index', good.replace('index 5\n', 'index 5\nextra AAAA\n')],
    ['nothing', ''],
  ])('are refused with %s', (_what, text) => {
    expect(() => parseTlogProof(text)).toThrow('malformed-proof');
  });
});
