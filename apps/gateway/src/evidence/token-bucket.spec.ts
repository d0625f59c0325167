import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-bucket.js';

describe('TokenBuckets', () => {
  it('gives a minute’s worth at once, then as time goes by, each name apart', () => {
    const buckets = new TokenBuckets(2);
    expect([buckets.take('a', 0), buckets.take('a', 0)]).toEqual([0, 0]);
    expect(buckets.take('a', 0)).toBeCloseTo(30);
    expect(buckets.take('b', 0)).toBe(0);
    expect(buckets.take('a', 15_000)).toBeCloseTo(15);
    expect(buckets.take('a', 30_000)).toBe(0);
  });

  it('gains nothing from a clock that steps back', () => {
    const buckets = new TokenBuckets(1);
    expect(buckets.take('a', 60_000)).toBe(0);
    expect(buckets.take('a', 0)).toBeGreaterThan(0);
    expect(buckets.take('a', 30_000)).toBeGreaterThan(0);
  });

  it('keeps a bounded number of names', () => {
    const buckets = new TokenBuckets(1, 2);
    for (const name of ['a', 'b', 'c']) buckets.take(name, 0);
    expect(buckets.take('c', 0)).toBeGreaterThan(0);
    expect(buckets.take('a', 0)).toBe(0);
  });
});
