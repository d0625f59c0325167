/** How a refused or unanswered call is repeated. */
export interface RetryPolicy {
  /** Calls in all, the first included. */
  attempts: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, firstDelayMs: 100, maxDelayMs: 5_000 };

/**
 * Milliseconds before call number `attempt + 2` (attempt counts from 0): exponential, half of it jitter
 * (`random` in [0,1)) so that many callers do not return at once; never earlier than the server's Retry-After.
 */
export function retryDelayMs(
  attempt: number,
  random: number,
  policy: RetryPolicy = DEFAULT_RETRY,
  retryAfterSeconds = 0,
): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** attempt);
  return Math.max(retryAfterSeconds * 1_000, ceiling / 2 + (ceiling / 2) * random);
}

/** Waits; an aborted signal rejects with its reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abortError = (): Error =>
      signal?.reason instanceof Error ? signal.reason : new Error('the wait was aborted');
    if (signal?.aborted) return reject(abortError());
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(abortError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
