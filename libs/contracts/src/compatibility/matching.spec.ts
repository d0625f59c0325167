import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchingSize } from './matching.js';

/** By trying everything. */
function largest(edges: boolean[][], left = 0, taken = new Set<number>()): number {
  if (left === edges.length) return 0;
  let best = largest(edges, left + 1, taken);
  edges[left]!.forEach((isEdge, right) => {
    if (isEdge && !taken.has(right))
      best = Math.max(best, 1 + largest(edges, left + 1, new Set([...taken, right])));
  });
  return best;
}

describe('matchingSize', () => {
  it('is that of a largest matching, whichever cheap edges it starts from', () => {
    const matrix = fc.tuple(fc.nat(5), fc.nat(5)).chain(([lefts, rights]) => {
      const row = fc.array(fc.constantFrom('no', 'edge', 'same'), { minLength: rights, maxLength: rights });
      return fc.record({
        rights: fc.constant(rights),
        rows: fc.array(row, { minLength: lefts, maxLength: lefts }),
      });
    });
    fc.assert(
      fc.property(matrix, ({ rights, rows }) => {
        const size = matchingSize(
          rows.length,
          rights,
          (left, right) => rows[left]![right] === 'same',
          (left, right) => rows[left]![right] !== 'no',
        );
        expect(size).toBe(largest(rows.map((row) => row.map((edge) => edge !== 'no'))));
      }),
    );
  });

  it('asks for no edge where the cheap ones pair all of the smaller side', () => {
    const isEdge = (): boolean => expect.fail('not needed');
    expect(matchingSize(100, 101, (left, right) => right === 100 - left, isEdge)).toBe(100);
  });
});
