import { checkClaims, isNumericDate, isPositiveInteger, isText, isTopic } from './claims.js';
import { isDigest, isUuid, parseJsonObject } from './encoding.js';
import { WaslError } from './errors.js';
import { parseCompactJws, signCompactJws, type ParsedJws } from './jws.js';
import type { SigningKey } from './keys.js';
import { leafHash, treeRoot } from './merkle.js';
import { isMemberUrn, isSystemUrn } from './urn.js';

export const ACKNOWLEDGEMENT_TYP = 'wasl-acknowledgement+jwt';
export const MAX_ACKNOWLEDGEMENT_BYTES = 32_768;
export const MAX_RANGES = 256;

/** Offsets of one Kafka partition, both ends included, in decimal. */
export interface OffsetRange {
  partition: number;
  first: string;
  last: string;
}

/** What the consumer signs about messages it received (docs/formats/acknowledgement.md). */
export interface AcknowledgementClaims {
  /** Receiving system. */
  iss: string;
  /** The bus. */
  aud: string;
  jti: string;
  iat: number;
  exp: number;
  topic: string;
  /** Id of the agreement under which the messages were delivered. */
  agreement: string;
  /** By partition, then offset; disjoint. */
  ranges: OffsetRange[];
  /** Messages covered: delivered in the ranges, gaps of the partition not counted. */
  count: number;
  /** acknowledgementRoot of the covered messages' manifest digests, by partition, then offset. */
  root: string;
}

export interface ParsedAcknowledgement {
  jws: ParsedJws;
  claims: AcknowledgementClaims;
  token: string;
}

const OFFSET = /^(?:0|[1-9][0-9]{0,18})$/;

function isRanges(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_RANGES) return false;
  let partition = -1;
  let last = -1n;
  for (const range of value as unknown[]) {
    if (!isRange(range)) return false;
    if (range.partition < partition) return false;
    if (range.partition === partition && BigInt(range.first) <= last) return false;
    if (BigInt(range.last) < BigInt(range.first)) return false;
    partition = range.partition;
    last = BigInt(range.last);
  }
  return true;
}

function isRange(value: unknown): value is OffsetRange {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { partition, first, last } = value as Partial<OffsetRange>;
  return (
    Number.isSafeInteger(partition) &&
    (partition as number) >= 0 &&
    typeof first === 'string' &&
    OFFSET.test(first) &&
    typeof last === 'string' &&
    OFFSET.test(last)
  );
}

const REQUIRED = {
  iss: isSystemUrn,
  aud: isMemberUrn,
  jti: isUuid,
  iat: isNumericDate,
  exp: isNumericDate,
  topic: isTopic,
  agreement: isText(128),
  ranges: isRanges,
  count: isPositiveInteger,
  root: isDigest,
};

export const signAcknowledgement = (claims: AcknowledgementClaims, key: SigningKey): string =>
  signCompactJws(ACKNOWLEDGEMENT_TYP, claims, key);

/** Form only. Throws malformed-acknowledgement, unsupported-algorithm. */
export function parseAcknowledgement(token: string): ParsedAcknowledgement {
  const jws = parseCompactJws(
    token,
    ACKNOWLEDGEMENT_TYP,
    MAX_ACKNOWLEDGEMENT_BYTES,
    'malformed-acknowledgement',
  );
  const claims = parseJsonObject(jws.payload, 'the acknowledgement', 'malformed-acknowledgement');
  checkClaims(claims, REQUIRED, {}, 'malformed-acknowledgement');
  return { jws, claims: claims as unknown as AcknowledgementClaims, token };
}

/**
 * base64url RFC 6962 root; leaf i is the ASCII text of the i-th digest claim.
 * Throws acknowledgement-mismatch for an empty list: nothing received is nothing to acknowledge.
 */
export function acknowledgementRoot(digests: readonly string[]): string {
  if (digests.length === 0)
    throw new WaslError('acknowledgement-mismatch', 'there is no message to acknowledge');
  return treeRoot(digests.map(leafHash)).toString('base64url');
}
