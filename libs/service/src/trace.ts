import { randomBytes, randomUUID } from 'node:crypto';

/** W3C Trace Context §3.2.2, version 00; all-zero ids are invalid. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The trace id of a `traceparent` header, or a new one when it is absent or malformed. */
export function traceIdOf(traceparent: string | string[] | undefined): string {
  const match = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent) : null;
  // randomUUID draws from a pool: a tenth of the cost of randomBytes.
  return match?.[1] ?? randomUUID().replaceAll('-', '');
}

/** A `traceparent` for a call that this service makes on behalf of a trace. */
export function traceparent(traceId: string): string {
  return `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
}
