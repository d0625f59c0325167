import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import { parsePayload } from '#contracts';
import { WaslError } from '#protocol';
import { isOwnPath } from './paths.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Media type chosen from the Accept header, on routes of the Confluent API. */
    confluentType?: string;
  }
}

export const DEFAULT_MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/** What can be answered, with the server's own preference. */
const PRODUCED: readonly (readonly [type: string, quality: number])[] = [
  [DEFAULT_MEDIA_TYPE, 1],
  ['application/vnd.schemaregistry+json', 0.9],
  ['application/json', 0.5],
];

const CONSUMED = [...PRODUCED.map(([type]) => type), 'application/octet-stream'];

/** Reads and answers the media types of the Confluent API: 406 and 415 where nothing fits. */
export function negotiateMediaTypes(fastify: FastifyInstance): void {
  for (const type of CONSUMED) {
    if (fastify.hasContentTypeParser(type)) fastify.removeContentTypeParser(type);
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      // Clients name a type where they send nothing, with every DELETE for example.
      if (body.length === 0 && (request.method === 'DELETE' || request.method === 'GET')) {
        return done(null, undefined);
      }
      try {
        done(null, parsePayload(body as Buffer));
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
    }
    done();
  });
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

/** The type of the highest weight, by the client's and our own; none where nothing fits. */
function chooseMediaType(accept: string): string | undefined {
  const ranges = accept.split(',').map(parseRange);
  let best: { type: string; score: number } | undefined;
  for (const [type, own] of PRODUCED) {
    const quality = qualityOf(type, ranges);
    const score = quality * own;
    if (quality > 0 && score > (best?.score ?? 0)) best = { type, score };
  }
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
