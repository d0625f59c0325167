import { LRUCache } from 'lru-cache';

/** Token buckets by name, bounded in number; the name longest unseen is forgotten first. */
export class TokenBuckets {
  private readonly buckets: LRUCache<string, { tokens: number; at: number }>;

  constructor(
    private readonly perMinute: number,
    names = 10_000,
  ) {
    this.buckets = new LRUCache({ max: names });
  }

  /** Takes one token. @returns 0, or the seconds until there is one */
  take(name: string, nowMs: number): number {
    const perMs = this.perMinute / 60_000;
    const bucket = this.buckets.get(name) ?? { tokens: this.perMinute, at: nowMs };
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + Math.max(0, nowMs - bucket.at) * perMs);
    bucket.at = nowMs;
    this.buckets.set(name, bucket);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs / 1_000;
    bucket.tokens -= 1;
    return 0;
  }
}
