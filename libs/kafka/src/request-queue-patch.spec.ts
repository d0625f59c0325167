import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import './request-queue-patch.js';

interface Queue {
  throttledUntil: number;
  pending: unknown[];
  push(request: object): void;
  fulfillRequest(response: object): void;
  checkPendingRequests(): void;
}
const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => Queue;

const logger = { debug() {}, warn() {} };
const sent: number[] = [];
let queue: Queue;

function request(correlationId: number): object {
  const entry = { correlationId, resolve() {}, reject() {} };
  return { entry, expectResponse: true, sendRequest: () => sent.push(correlationId) };
}

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1000,
    clientId: 'c',
    broker: 'b',
    logger,
  });
});

afterEach(() => vi.useRealTimers());

it('sets no timer while nothing waits', () => {
  queue.push(request(1));
  queue.fulfillRequest({ correlationId: 1, size: 0, payload: Buffer.alloc(0) });
  queue.checkPendingRequests();
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});

it('sends what waited when the answer before it comes', () => {
  queue.push(request(1));
  queue.push(request(2));
  expect(sent).toEqual([1]);
  queue.fulfillRequest({ correlationId: 1, size: 0, payload: Buffer.alloc(0) });
  expect(sent).toEqual([1, 2]);
});

it('sends what the broker throttles when the throttling ends', () => {
  queue.throttledUntil = Date.now() + 500;
  queue.push(request(1));
  vi.advanceTimersByTime(490);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(30);
  expect(sent).toEqual([1]);
  expect(vi.getTimerCount()).toBe(0);
});
