import type { FastifyInstance } from 'fastify';
import type { RegistryAccess } from './registry-access.js';

const OWN_API = '/v1/contracts';

/** Our own API is read by anyone only where the rest of the registry is: what it shows is of every subject. */
export function guardReads(fastify: FastifyInstance, access: RegistryAccess): void {
  fastify.addHook('onRequest', async (request) => {
    if (request.routeOptions.url?.startsWith(OWN_API)) await access.require(request, { action: 'read' });
  });
}
