import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { WaslError } from '#protocol';
import type { Logger } from './logger.js';
import { answerError, type MapError } from './problem-reply.js';
import { traceIdOf } from './trace.js';

const MEBIBYTE = 1 << 20;

/** Fastify answers its own errors and unknown paths through our mapper, so Nest's handlers stay out. */
class ProblemFastifyAdapter extends FastifyAdapter {
  override setErrorHandler(): FastifyInstance {
    return this.getInstance();
  }
  override setNotFoundHandler(): FastifyInstance {
    return this.getInstance();
  }
}

/** Fastify with limits, timeouts, trace ids, security headers, and logs that name route patterns only. */
export function createAdapter(options: {
  logger: Logger;
  bodyLimit?: number;
  mapError?: MapError;
  rewriteUrl?: (url: string) => string;
}): FastifyAdapter {
  const onError = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    answerError(error, request, reply, options.mapError);
  };
  const { rewriteUrl } = options;
  const adapter = new ProblemFastifyAdapter({
    ...(rewriteUrl ? { rewriteUrl: ({ url = '/' }: IncomingMessage) => rewriteUrl(url) } : {}),
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'trace' }),
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers.traceparent),
    bodyLimit: options.bodyLimit ?? MEBIBYTE,
    requestTimeout: 60_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    http: { headersTimeout: 20_000 },
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      // The router answers a malformed URL before any hook has run.
      setSafeHeaders(request, reply);
      onError(error, request, reply);
    },
    return503OnClosing: false,
    skipMiddie: true,
  });
  const fastify = adapter.getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.setErrorHandler(onError);
  fastify.setNotFoundHandler((request, reply) =>
    onError(new WaslError('not-found', 'nothing exists under this method and path'), request, reply),
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    setSafeHeaders(request, reply);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const line = {
      method: request.method,
      route: request.is404 ? undefined : request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      caller: request.caller?.system,
    };
    if (reply.statusCode >= 400) request.log.info(line, 'refused');
    else request.log.debug(line, 'answered');
    done();
  });
  return adapter;
}

function setSafeHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
}
