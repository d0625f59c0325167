import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairShares } from './fair-shares.js';

describe('fairShares', () => {
  it.each([
    [[10, 10, 10], 9, [3, 3, 3]],
    [[1, 100, 2], 50, [1, 47, 2]],
    [[5, 5], 1, [1, 0]],
    [[0, 0], 10, [0, 0]],
    [[], 10, []],
  ])('%j in %i gives %j', (lengths, total, shares) => {
    expect(fairShares(lengths, total)).toEqual(shares);
  });

  it('gives away as much as there is, and no queue more than it holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2_000 }), { maxLength: 60 }),
        fc.nat({ max: 1_000 }),
        (lengths, total) => {
          const shares = fairShares(lengths, total);
          const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
          expect(sum(shares)).toBe(Math.min(total, sum(lengths)));
          expect(shares.every((share, index) => share <= lengths[index]!)).toBe(true);
        },
      ),
    );
  });
});
