import type { FastifyRequest } from 'fastify';

/** Why the caller asks, in its own words; becomes part of the AuditQuery evidence. */
export function queryReason(request: FastifyRequest): string | undefined {
  const header = request.headers['wasl-query-reason'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}
