import { createRequire } from 'node:module';

/**
 * Mends the request queue of kafkajs 2.2.4 (tulios/kafkajs#1604, #1751; fixes proposed there, never released).
 *
 * `scheduleCheckPendingRequests` sets a timer of `throttledUntil - now` milliseconds after every answer, although
 * `throttledUntil` is -1 unless the broker throttles: a hugely negative time, which Node turns into 1 ms and, from
 * version 24 on, reports as TimeoutNegativeWarning; and the timer sets itself again for ever, also while idle.
 * Here a timer is set only when requests wait. They wait because of throttling, whose end is known, or because too
 * many are in flight, where the next answer looks at the queue anyway and the timer is only a safety net.
 *
 * `scheduleRequestTimeoutCheck` looks for overdue requests ten times a second on every connection; requests have
 * seconds to answer, so twice a second does.
 */
interface RequestQueue {
  pending: unknown[];
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  enforceRequestTimeout: boolean;
  requestTimeout: number;
  isConnected(): boolean;
  destroy(): void;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
}

const CHECK_MS = 10;
const OVERDUE_MS = 500;

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };

prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId) return;
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    Math.max(CHECK_MS, this.throttledUntil - Date.now()),
  );
};

prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue): void {
  if (!this.enforceRequestTimeout) return;
  this.destroy();
  this.requestTimeoutIntervalId = setInterval(
    () => {
      const now = Date.now();
      for (const request of [...this.inflight.values()]) {
        if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    },
    Math.min(this.requestTimeout, OVERDUE_MS),
  );
};
