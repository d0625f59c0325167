import type { FastifyRequest } from 'fastify';
import { WaslError } from '#protocol';

/** What a request shows of who it comes from. */
export type Credentials =
  { scheme: 'basic'; name: string; password: Buffer } | { scheme: 'bearer'; token: string };

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
const BEARER = /^Bearer +([\w~+/.-]+=*)$/i;
const LONGEST_NAME = 128;
const LONGEST_PASSWORD = 512;
const COLON = 0x3a;

/**
 * Reads the Authorization header: Basic (RFC 7617, UTF-8) or Bearer (RFC 6750).
 * @throws WaslError not-authenticated, without repeating anything of the header
 */
export function readCredentials({ raw, headers }: FastifyRequest): Credentials {
  const header = headers.authorization;
  if (header === undefined) throw refused('credentials are needed: HTTP Basic or a bearer token');
  // Node keeps the first of several and a proxy before it may have checked another one.
  if (raw.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'authorization').length > 1)
    throw refused('the request has more than one Authorization header');
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return { scheme: 'bearer', token };
  const encoded = BASIC.exec(header)?.[1];
  const bytes = encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
  const colon = bytes?.indexOf(COLON) ?? -1;
  if (!bytes || colon < 1)
    throw refused('the Authorization header is neither Basic nor Bearer as they should be');
  const password = bytes.subarray(colon + 1);
  if (colon > LONGEST_NAME || password.length > LONGEST_PASSWORD)
    throw refused('the credentials are too long');
  return { scheme: 'basic', name: bytes.toString('utf8', 0, colon), password };
}

function refused(detail: string): WaslError {
  return new WaslError('not-authenticated', detail);
}
