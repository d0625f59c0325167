import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEntryBundle,
  edgeTiles,
  encodeEntryBundle,
  parseTilePath,
  tilePath,
  tileWidth,
  type TileLevel,
} from './tiles.js';

const level: fc.Arbitrary<TileLevel> = fc.oneof(
  fc.constant('entries' as const),
  fc.integer({ min: 0, max: 63 }),
);

describe('tile paths', () => {
  it('write the number in groups of three digits', () => {
    expect(tilePath(0, 1_234_067)).toBe('tile/0/x001/x234/067');
    expect(tilePath('entries', 273, 112)).toBe('tile/entries/273.p/112');
    expect(tilePath(1, 0, 256)).toBe('tile/1/000');
  });

  it('are read back to the same address', () => {
    fc.assert(
      fc.property(level, fc.nat({ max: 1e12 }), fc.integer({ min: 1, max: 256 }), (at, index, width) => {
        expect(parseTilePath(tilePath(at, index, width))).toEqual({ level: at, index, width });
      }),
    );
  });

  it.each([
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/data/000',
    'tile/0/0',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000.p/1/',
    'tile/0/../000',
  ])('refuses %s', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe('tile widths', () => {
  it('follow floor(size / 256^level) mod 256 at the right edge', () => {
    expect(edgeTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(edgeTiles(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(edgeTiles(0)).toEqual([]);
    expect([tileWidth(0, 272, 70_000), tileWidth(0, 273, 70_000), tileWidth(0, 274, 70_000)]).toEqual([
      256, 112, 0,
    ]);
    expect(tileWidth('entries', 273, 70_000)).toBe(112);
  });
});

describe('entry bundles', () => {
  it('are read back entry by entry', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 256 }), (entries) => {
        expect(decodeEntryBundle(encodeEntryBundle(entries))).toEqual(entries);
      }),
      { numRuns: 50 },
    );
  });

  it('take an entry of 65,535 bytes and refuse one more, and a 257th entry', () => {
    expect(decodeEntryBundle(encodeEntryBundle([Buffer.alloc(65_535)]))[0]).toHaveLength(65_535);
    expect(() => encodeEntryBundle([Buffer.alloc(65_536)])).toThrow('malformed-proof');
    expect(() => encodeEntryBundle(Array<Buffer>(257).fill(Buffer.alloc(1)))).toThrow('malformed-proof');
    const tooMany = Buffer.alloc(2 * 257);
    expect(() => decodeEntryBundle(tooMany)).toThrow('malformed-proof');
  });

  it('are refused when cut short', () => {
    const bundle = encodeEntryBundle([Buffer.from('one'), Buffer.from('two')]);
    for (let end = 1; end < bundle.length; end++) {
      if (end === 5) continue; // exactly the first entry
      expect(() => decodeEntryBundle(bundle.subarray(0, end))).toThrow('malformed-proof');
    }
  });
});
