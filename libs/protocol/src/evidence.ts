import type { OffsetRange } from './acknowledgement.js';
import { checkClaims, isNumericDate, isText } from './claims.js';
import { isUuid, parseJsonObject } from './encoding.js';
import type { ErrorCode } from './error-codes.js';
import { WaslError, type Violation } from './errors.js';
import { eventNameOf, type EventName } from './events.js';
import {
  MAX_TOKEN_BYTES,
  parseCompactJws,
  signCompactJws,
  signCompactJwsAsync,
  type ParsedJws,
} from './jws.js';
import type { SigningKey } from './keys.js';
import { isSystemUrn } from './urn.js';

export const EVIDENCE_TYP = 'evidence+jwt';

/** RFC 8417 claims of one act of the bus (docs/formats/evidence.md). */
export interface EvidenceClaims {
  /** System of the bus that issues the evidence. */
  iss: string;
  /** Seconds since 1970. */
  iat: number;
  /** UUIDv7 of this evidence. */
  jti: string;
  /** `urn:uuid:<message id>`, `urn:uuid:<acknowledgement id>`, or the URN of the subject of an administrative act. */
  sub: string;
  txn?: string;
  /** Time of the event, seconds since 1970. */
  toe: number;
  /** Exactly one member: event URI to body. */
  events: Record<string, object>;
}

export interface SubmissionAcceptance {
  sender: string;
  topic: string;
  version: number;
  /** base64url SHA-256 of the canonical schema text. */
  schema: string;
  guid: string;
  op: 'put' | 'delete';
  /** manifestDigest of the manifest token. */
  manifest: string;
  /** The manifest's salted payload digest. */
  digest: string;
  /** Payload bytes. */
  size: number;
}

export interface SubmissionRejection {
  sender?: string;
  topic?: string;
  version?: number;
  manifest?: string;
  reason: ErrorCode;
  /** At most 20, without values. */
  errors?: Violation[];
}

/** `sub` of this event is `urn:uuid:<jti of the acknowledgement>`. */
export interface ContentHandover {
  recipient: string;
  agreement: string;
  purpose: string;
  basis: string;
  topic: string;
  ranges: OffsetRange[];
  count: number;
  /** base64url RFC 6962 root over the acknowledged digests. */
  root: string;
  /** The consumer's signed acknowledgement (compact JWS). */
  acknowledgement: string;
}

export interface ParsedEvidence {
  jws: ParsedJws;
  claims: EvidenceClaims;
  event: { name: EventName; uri: string; body: Record<string, unknown> };
  token: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const REQUIRED = {
  iss: isSystemUrn,
  iat: isNumericDate,
  jti: isUuid,
  sub: isText(512),
  toe: isNumericDate,
  events: isObject,
};
const OPTIONAL = { txn: isText(128) };

/** Throws malformed-evidence if the token would not fit a ledger entry. */
export const signEvidence = (claims: EvidenceClaims, key: SigningKey): string =>
  fitting(signCompactJws(EVIDENCE_TYP, claims, key));

/** As signEvidence, on a thread of the libuv pool. */
export const signEvidenceAsync = async (claims: EvidenceClaims, key: SigningKey): Promise<string> =>
  fitting(await signCompactJwsAsync(EVIDENCE_TYP, claims, key));

function fitting(token: string): string {
  if (token.length <= MAX_TOKEN_BYTES) return token;
  throw new WaslError('malformed-evidence', `evidence may not exceed ${MAX_TOKEN_BYTES} bytes`);
}

/** Form only; the body of the event is an object that its reader checks. Throws malformed-evidence, unsupported-algorithm. */
export function parseEvidence(token: string): ParsedEvidence {
  const jws = parseCompactJws(token, EVIDENCE_TYP, MAX_TOKEN_BYTES, 'malformed-evidence');
  const claims = parseJsonObject(jws.payload, 'the evidence', 'malformed-evidence');
  checkClaims(claims, REQUIRED, OPTIONAL, 'malformed-evidence');
  const events = Object.entries(claims['events'] as Record<string, unknown>);
  const [uri, body] = events[0] ?? ['', null];
  const name = eventNameOf(uri);
  if (events.length !== 1 || name === undefined || !isObject(body)) {
    throw new WaslError('malformed-evidence', 'claim "events" must hold exactly one known event');
  }
  return { jws, claims: claims as unknown as EvidenceClaims, event: { name, uri, body }, token };
}
