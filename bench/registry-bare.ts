import Fastify from 'fastify';

/** The yardstick: Fastify alone, the same requests, constant answers as long as the registry's. */
const TYPE = 'application/vnd.schemaregistry.v1+json';
const text = (setting: string) => 'x'.repeat(Number(process.env[setting]));
const found = text('LOOK_UP_BYTES');
const registered = text('REGISTRATION_BYTES');

const fastify = Fastify({ logger: false });
fastify.addContentTypeParser(TYPE, { parseAs: 'string' }, (_request, body, done) =>
  done(null, JSON.parse(body as string)),
);
fastify.get('/health/live', () => ({ status: 'ok' }));
fastify.get('/schemas/ids/:id', (_request, reply) => reply.type(TYPE).send(found));
fastify.post('/subjects/:subject/versions', (_request, reply) => reply.type(TYPE).send(registered));
await fastify.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
