import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { JWKS_PATH, TOKEN_PATH } from './provider.js';

const ROUTES = [
  { method: 'POST', url: TOKEN_PATH },
  { method: 'GET', url: JWKS_PATH },
  { method: 'GET', url: '/.well-known/openid-configuration' },
  { method: 'GET', url: '/.well-known/oauth-authorization-server' },
] as const;

/** Gives exactly these routes to oidc-provider, which reads the body of the raw request itself. */
export async function mountProvider(fastify: FastifyInstance, provider: Provider): Promise<void> {
  const callback = provider.callback();
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    await callback(request.raw, reply.raw);
  };
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const route of ROUTES) scope.route({ ...route, handler });
  });
}
