import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WaslError } from '#protocol';
import { sendProblem, toWaslError } from '#service';
import type { Deprecations } from '../lifecycle/deprecations.js';
import type { Intake } from './intake.js';

interface Publish {
  Params: { topic: string };
  Body: Buffer | undefined;
}

const NO_BODY = Buffer.alloc(0);

/** `POST /v1/topics/{topic}/messages` on bare Fastify: the body is taken as bytes and nothing is awaited in between. */
export function serveIntake(
  fastify: FastifyInstance,
  intake: Intake,
  deprecations: Deprecations,
  maxBodyBytes: number,
): void {
  void fastify.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.setErrorHandler(async (error, request: FastifyRequest<Publish>, reply) => {
      const refused = await intake.refuseUnread(toWaslError(error), arrivalOf(request), request.ip);
      return sendProblem(request, reply, refused);
    });
    scope.post<Publish>('/v1/topics/:topic/messages', { bodyLimit: maxBodyBytes }, (request, reply) => {
      const arrival = { ...arrivalOf(request), payload: request.body ?? NO_BODY };
      intake.take(arrival, request.ip, (outcome, version) => {
        if (outcome instanceof WaslError) {
          if (outcome.status >= 500)
            request.log.error({ err: outcome.cause, code: outcome.code }, 'submission failed');
          void sendProblem(request, reply, outcome);
        } else {
          void reply
            .code(outcome.duplicate ? 200 : 201)
            .headers({ ...(version === undefined ? {} : deprecations.ofVersion(arrival.topic, version)) })
            .type('application/json; charset=utf-8')
            .send(outcome.receipt);
        }
      });
    });
    done();
  });
}

function arrivalOf(request: FastifyRequest<Publish>) {
  const manifest = request.headers['wasl-manifest'];
  return {
    topic: request.params.topic,
    manifest: typeof manifest === 'string' ? manifest : undefined,
    contentType: request.headers['content-type'],
  };
}
