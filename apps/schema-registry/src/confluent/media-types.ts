import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { parsePayload } from '#contracts';
import { WaslError } from '#protocol';
import { utf8Of } from './body-text.js';
import { isOwnPath } from './paths.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Media type chosen from the Accept header, on routes of the Confluent API. */
    confluentType?: string;
  }
}

export const DEFAULT_MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/** What can be answered, the server's own preference first. */
const PRODUCED = [DEFAULT_MEDIA_TYPE, 'application/vnd.schemaregistry+json', 'application/json'];

const CONSUMED = [...PRODUCED, 'application/octet-stream'];

/** Reads and answers the media types of the Confluent API: 406 and 415 where nothing fits. */
export function negotiateMediaTypes(fastify: FastifyInstance): void {
  for (const type of CONSUMED) {
    if (fastify.hasContentTypeParser(type)) fastify.removeContentTypeParser(type);
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      // Clients name a type where they send nothing, with every DELETE for example.
      if (body.length === 0 && takesNothing(request)) return done(null, undefined);
      try {
        done(null, parsePayload(isOwnPath(request.url) ? (body as Buffer) : utf8Of(body as Buffer)));
      } catch (error) {
        done(error as Error);
      }
    });
  }
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!isOwnPath(request.url)) {
      const type = mediaTypeFor(request.headers.accept);
      if (type === undefined)
        return done(new WaslError('not-acceptable', 'no representation fits the Accept header'));
      request.confluentType = type;
      void reply.type(type);
      // A body that does not say what it is is bytes (RFC 9110 §8.3), and bytes are taken.
      const { headers } = request;
      const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
      if (hasBody) headers['content-type'] ??= 'application/octet-stream';
    }
    done();
  });
}

/** Deletion, look-ups, and the probe, which may be a POST. */
function takesNothing({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'DELETE' || method === 'GET' || routeOptions.url === '/';
}

/** Clients send few different headers, and the same ones with every request. */
const chosen = new LRUCache<string, { type: string | undefined }>({ max: 100 });

function mediaTypeFor(header: string | undefined): string | undefined {
  if (header === undefined || header === '' || header === '*/*') return DEFAULT_MEDIA_TYPE;
  const accept = header.slice(0, 1_000);
  let choice = chosen.get(accept);
  if (!choice) chosen.set(accept, (choice = { type: chooseMediaType(accept) }));
  return choice.type;
}

/** The type of the highest weight: what the client says comes first, then our own; none where nothing fits. */
function chooseMediaType(accept: string): string | undefined {
  const ranges = accept.split(',').map(parseRange);
  const [best] = PRODUCED.map((type) => ({ type, quality: qualityOf(type, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return best?.type;
}

interface Range {
  range: string;
  quality: number;
}

function parseRange(text: string): Range {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** Weight of the most specific range that covers the type (RFC 9110 §12.5.1). */
function qualityOf(type: string, ranges: Range[]): number {
  for (const candidate of [type, `${type.split('/', 1)[0]}/*`, '*/*']) {
    const found = ranges.find(({ range }) => range === candidate);
    if (found) return found.quality;
  }
  return 0;
}
