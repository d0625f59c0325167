import Fastify from 'fastify';

/** The yardstick: the same POST to Fastify alone, body parsed, constant answer. */
const fastify = Fastify({ logger: false });
fastify.get('/health/live', () => ({ status: 'ok' }));
fastify.post('/v1/topics/:topic/messages', (_request, reply) => reply.code(201).send({ format: 'none' }));
await fastify.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
