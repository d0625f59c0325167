import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pause, retryDelayMs } from './retry.js';

describe('retryDelayMs', () => {
  it('grows, stays under its bound, and never comes before Retry-After', () => {
    const policy = { attempts: 5, firstDelayMs: 100, maxDelayMs: 5_000 };
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(120),
        (attempt, random, after) => {
          const delay = retryDelayMs(attempt, random, policy, after);
          expect(delay).toBeGreaterThanOrEqual(Math.max(50, after * 1_000));
          expect(delay).toBeLessThanOrEqual(Math.max(5_000, after * 1_000));
        },
      ),
    );
  });
});

describe('pause', () => {
  it('ends at once when it is aborted, before or while waiting', async () => {
    await expect(pause(60_000, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    const stop = new AbortController();
    const waiting = pause(60_000, stop.signal);
    stop.abort(new Error('now'));
    await expect(waiting).rejects.toThrow('now');
  });
});
