import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { WaslError } from '#protocol';
import { Readiness, type HealthCheck } from './health.js';
import { sendProblem } from './problem-reply.js';

/** `/health/live` (cheap), `/health/ready` (runs the checks, names those that failed) and `/metrics`. */
export function serveOperations(
  fastify: FastifyInstance,
  health: readonly HealthCheck[],
  metrics: Registry,
): void {
  const readiness = new Readiness(health);

  fastify.get('/health/live', () => ({ status: 'alive' }));

  fastify.get('/health/ready', async (request, reply) => {
    const results = await readiness.run();
    const checks = results.map(({ name, ok, ms }) => ({ name, ok, ms }));
    const failed = results.filter(({ ok }) => !ok);
    if (failed.length === 0) return { status: 'ready', checks };
    for (const { name, error } of failed) request.log.warn({ check: name, err: error }, 'not ready');
    const detail = `not ready: ${failed.map(({ name }) => name).join(', ')}`;
    return sendProblem(request, reply, new WaslError('unavailable', detail, { retryAfterSeconds: 2 }), {
      checks,
    });
  });

  fastify.get('/metrics', async (_request, reply) => {
    const text = await metrics.metrics();
    return reply.type(metrics.contentType).send(text);
  });
}
