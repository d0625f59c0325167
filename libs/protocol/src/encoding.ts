import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { ErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';
import { hasDuplicateMember } from './duplicate-members.js';

/** SHA-256 as 43 base64url characters; the last one carries two bits that must be zero (RFC 4648 §3.5). */
const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** 16 bytes as 22 base64url characters. */
const SALT = /^[A-Za-z0-9_-]{21}[AQgw]$/;
/** Lower case only: two spellings of one id would be two identities. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const isDigest = (value: unknown): value is string => typeof value === 'string' && DIGEST.test(value);
export const isSalt = (value: unknown): value is string => typeof value === 'string' && SALT.test(value);
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

export const sha256Base64url = (data: string | Uint8Array): string => hash('sha256', data, 'base64url');

/** Strict base64url (RFC 4648 §5, no padding): undefined unless re-encoding gives the very same text. */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** Strict base64 with padding (RFC 4648 §4), as notes and proofs use it. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * A JSON object from UTF-8 bytes; duplicate member names at any depth are refused.
 * Throws WaslError with the given code.
 */
export function parseJsonObject(bytes: Buffer, what: string, code: ErrorCode): Record<string, unknown> {
  if (!isUtf8(bytes)) throw new WaslError(code, `${what} is not UTF-8`);
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WaslError(code, `${what} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WaslError(code, `${what} is not a JSON object`);
  }
  // A text that survives parsing and printing holds no duplicate; only others are scanned.
  if (JSON.stringify(value) !== text && hasDuplicateMember(text)) {
    throw new WaslError(code, `${what} repeats a member name`);
  }
  return value as Record<string, unknown>;
}
