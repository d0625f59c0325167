import type { FastifyInstance } from 'fastify';
import { WaslError } from '#protocol';
import { pointerToNul } from './nul.js';

const OWN_API = '/v1/';

/** Our own API refuses, before anything is done, U+0000, which PostgreSQL does not keep: `malformed-request`. */
export function refuseNul(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!request.routeOptions.url?.startsWith(OWN_API)) return done();
    if (pointerToNul([request.params, request.query]) !== undefined) {
      return done(new WaslError('malformed-request', 'the path and the query hold no U+0000'));
    }
    const pointer = pointerToNul(request.body);
    if (pointer === undefined) return done();
    done(
      new WaslError('malformed-request', 'texts hold no U+0000', {
        violations: [{ pointer, rule: 'text' }],
      }),
    );
  });
}
