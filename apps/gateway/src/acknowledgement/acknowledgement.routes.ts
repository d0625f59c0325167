import type { FastifyInstance } from 'fastify';
import { MAX_ACKNOWLEDGEMENT_BYTES } from '#protocol';
import type { Acknowledgements } from './acknowledgements.js';

interface Acknowledge {
  Params: { topic: string };
  Body: string;
}

/** `POST /v1/topics/{topic}/acknowledgements`: the body is the consumer's JWS, its signature the credential. */
export function serveAcknowledgements(fastify: FastifyInstance, acknowledgements: Acknowledgements): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/jose', { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post<Acknowledge>(
      '/v1/topics/:topic/acknowledgements',
      { bodyLimit: MAX_ACKNOWLEDGEMENT_BYTES },
      async (request, reply) => {
        const { topic } = request.params;
        const { receipt, duplicate } = await acknowledgements.take(topic, request.body ?? '', request.ip);
        return reply.code(duplicate ? 200 : 201).send(receipt);
      },
    );
    done();
  });
}
