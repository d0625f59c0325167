import type { FastifyReply, FastifyRequest } from 'fastify';
import { WaslError } from '#protocol';
import { toProblem } from './problem.js';

/** An error in the shape of another product's API, for the routes that are compatible with it. */
export interface ForeignError {
  status: number;
  body: unknown;
  contentType: string;
}

/** Returns undefined where the error is to be answered as problem+json. */
export type MapError = (error: unknown, request: FastifyRequest) => ForeignError | undefined;

/** Answers with problem+json; `extra` adds members (RFC 9457 §3.2). */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  extra: Record<string, unknown> = {},
): FastifyReply {
  const { status, headers, body } = toProblem(error, request.headers['accept-language'], request.id);
  return reply
    .code(status)
    .headers(headers)
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ ...body, ...extra });
}

/** The one place where an error becomes a response. Errors of the service itself are logged in full. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  mapError: MapError | undefined,
): FastifyReply {
  const foreign = mapError?.(error, request);
  const status = foreign?.status ?? toProblem(error).status;
  const route = request.routeOptions?.url;
  // Unavailable is a condition that passes, not a defect: a line tells it, what caused it is in the line.
  if (status === 503 && error instanceof WaslError) {
    request.log.warn({ route, reason: error.detail, err: error.cause }, 'not available for now');
  } else if (status >= 500) request.log.error({ err: error, route }, 'request failed');
  if (!foreign) return sendProblem(request, reply, error);
  const { headers } = toProblem(error);
  for (const name of ['retry-after', 'www-authenticate']) {
    if (headers[name]) void reply.header(name, headers[name]);
  }
  return reply.code(foreign.status).type(foreign.contentType).serializer(JSON.stringify).send(foreign.body);
}
