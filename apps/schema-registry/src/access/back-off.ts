import { LRUCache } from 'lru-cache';

export interface BackOffLimits {
  /** Failures that cost nothing. */
  free: number;
  /** Wait after the first failure beyond those; each further one doubles it. */
  firstMs: number;
  longestMs: number;
}

interface Failures {
  count: number;
  /** ms since 1970 */
  until: number;
}

const FORGOTTEN_AFTER_MS = 15 * 60_000;
const KEYS = 10_000;

/** Slows down whoever fails again and again, by a key such as an address. Of too many keys the least recent are forgotten. */
export class BackOff {
  private readonly failures: LRUCache<string, Failures>;

  constructor(
    private readonly limits: BackOffLimits,
    private readonly now: () => number = Date.now,
  ) {
    this.failures = new LRUCache({ max: KEYS, ttl: FORGOTTEN_AFTER_MS, ttlResolution: 0, perf: { now } });
  }

  /** How long this key has to wait yet, in ms. */
  wait(key: string): number {
    return Math.max(0, (this.failures.get(key)?.until ?? 0) - this.now());
  }

  failed(key: string): void {
    const { free, firstMs, longestMs } = this.limits;
    const count = Math.min((this.failures.get(key)?.count ?? 0) + 1, free + 32);
    const wait = count <= free ? 0 : Math.min(firstMs * 2 ** (count - free - 1), longestMs);
    this.failures.set(key, { count, until: this.now() + wait });
  }

  succeeded(key: string): void {
    this.failures.delete(key);
  }
}
