import { hash, randomBytes } from 'node:crypto';
import { checkClaims, isNumericDate, isPositiveInteger, isText, isTopic } from './claims.js';
import { isDigest, isSalt, isUuid, parseJsonObject, sha256Base64url } from './encoding.js';
import { WaslError } from './errors.js';
import { parseCompactJws, signCompactJws, type ParsedJws } from './jws.js';
import type { SigningKey } from './keys.js';
import { isMemberUrn, isSystemUrn } from './urn.js';

export const MANIFEST_TYP = 'wasl-manifest+jwt';
export const MAX_MANIFEST_BYTES = 8192;
/** A manifest lives at most this long (seconds), which bounds the replay window. */
export const MAX_MANIFEST_LIFETIME = 300;
/** A sender's clock may be this far ahead (seconds). */
export const MAX_CLOCK_LEAD = 10;

/** What the sender signs about one message (docs/formats/manifest.md). */
export interface ManifestClaims {
  /** Sending system. */
  iss: string;
  /** The bus, a member URN. */
  aud: string;
  /** Message id: UUID, lower case. */
  jti: string;
  /** Seconds since 1970. */
  iat: number;
  exp: number;
  topic: string;
  version: number;
  op: 'put' | 'delete';
  /** Partition key, 1 to 256 characters. */
  key: string;
  /** Media type of the payload. */
  cty: string;
  /** base64url SHA-256(salt ‖ payload), see payloadDigest. */
  digest: string;
  /** base64url of 16 random bytes. */
  salt: string;
  /** Correlation id chosen by the sender. */
  corr?: string;
}

export interface ParsedManifest {
  jws: ParsedJws;
  claims: ManifestClaims;
  token: string;
}

const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;
const REQUIRED = {
  iss: isSystemUrn,
  aud: isMemberUrn,
  jti: isUuid,
  iat: isNumericDate,
  exp: isNumericDate,
  topic: isTopic,
  version: isPositiveInteger,
  op: (value: unknown) => value === 'put' || value === 'delete',
  key: isText(256),
  cty: (value: unknown) => typeof value === 'string' && MEDIA_TYPE.test(value),
  digest: isDigest,
  salt: isSalt,
};
const OPTIONAL = { corr: isText(128) };

export const signManifest = (claims: ManifestClaims, key: SigningKey): string =>
  signCompactJws(MANIFEST_TYP, claims, key);

/** Form only: signature, times and audience are separate steps. Throws malformed-manifest, unsupported-algorithm. */
export function parseManifest(token: string): ParsedManifest {
  const jws = parseCompactJws(token, MANIFEST_TYP, MAX_MANIFEST_BYTES, 'malformed-manifest');
  const claims = parseJsonObject(jws.payload, 'the manifest', 'malformed-manifest');
  checkClaims(claims, REQUIRED, OPTIONAL, 'malformed-manifest');
  return { jws, claims: claims as unknown as ManifestClaims, token };
}

/** Of a manifest or an acknowledgement; seconds since 1970. */
export type Lifetime = Pick<ManifestClaims, 'iat' | 'exp'>;

/** Throws malformed-manifest unless exp lies 1 to 300 seconds after iat. */
export function checkManifestLifetime(claims: Lifetime): void {
  if (claims.exp <= claims.iat || claims.exp - claims.iat > MAX_MANIFEST_LIFETIME) {
    throw new WaslError('malformed-manifest', `exp must be 1 to ${MAX_MANIFEST_LIFETIME} seconds after iat`);
  }
}

/** On intake. Throws malformed-manifest (lifetime), manifest-in-future, manifest-expired. */
export function checkManifestTimes(claims: Lifetime, nowSeconds: number): void {
  checkManifestLifetime(claims);
  if (claims.iat > nowSeconds + MAX_CLOCK_LEAD) {
    throw new WaslError(
      'manifest-in-future',
      'iat is ahead of the time of the bus; set the clock of the sender',
    );
  }
  if (claims.exp <= nowSeconds) {
    throw new WaslError('manifest-expired', 'exp has passed; sign the message again with the same id');
  }
}

/** 128 random bits, base64url: makes the digest of a guessable payload unguessable. */
export const newSalt = (): string => randomBytes(16).toString('base64url');

/** base64url SHA-256 over the 16 bytes of the salt followed by the payload bytes. `salt` must be canonical. */
export function payloadDigest(salt: string, payload: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(16 + payload.length);
  bytes.write(salt, 0, 16, 'base64url');
  bytes.set(payload, 16);
  return hash('sha256', bytes, 'base64url');
}

/** base64url SHA-256 over the ASCII bytes of the token. */
export const manifestDigest = (token: string): string => sha256Base64url(token);
