import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeBase64url, sha256Base64url } from './encoding.js';
import { WaslError } from './errors.js';

export type SignatureAlgorithm = 'Ed25519' | 'ES256';

/** JSON Web Key (RFC 7517): `OKP`/`Ed25519` (RFC 8037) or `EC`/`P-256` (RFC 7518 §6.2); private with `d`. */
export interface Jwk {
  kty: string;
  crv: string;
  x: string;
  y?: string;
  d?: string;
  kid?: string;
  alg?: string;
  use?: string;
  key_ops?: string[];
}

export interface SigningKey {
  kid: string;
  alg: SignatureAlgorithm;
  privateKey: KeyObject;
}

export interface VerificationKey {
  kid: string;
  alg: SignatureAlgorithm;
  publicKey: KeyObject;
}

/** A fresh key pair as a private JWK with `kid` (RFC 7638 thumbprint), `alg` and `use`. */
export function generateKey(alg: SignatureAlgorithm): { jwk: Jwk } {
  const { privateKey } =
    alg === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { jwk: describe(privateKey.export({ format: 'jwk' }) as unknown as Jwk) };
}

function describe(jwk: Jwk): Jwk {
  const alg = algorithmOf(jwk);
  return { ...jwk, kid: thumbprint(jwk), alg, use: 'sig' };
}

/** Throws malformed-key. */
export function signingKeyFromJwk(jwk: Jwk): SigningKey {
  const { kid, alg } = inspect(jwk, 'sign');
  if (!isCoordinate(jwk.d)) throw new WaslError('malformed-key', 'the key has no private part');
  const privateKey = importKey(() => createPrivateKey({ key: { ...jwk }, format: 'jwk' }));
  const derived = createPublicKey(privateKey).export({ format: 'jwk' });
  if (derived.x !== jwk.x || derived.y !== jwk.y) {
    throw new WaslError('malformed-key', 'private and public part do not belong together');
  }
  return { kid, alg, privateKey };
}

/** Throws malformed-key: unsupported type or curve, a `kid` that is not the thumbprint, a key not for signatures. */
export function verificationKeyFromJwk(jwk: Jwk): VerificationKey {
  const { kid, alg } = inspect(jwk, 'verify');
  const publicKey = importKey(() => createPublicKey({ key: { ...publicJwk(jwk) }, format: 'jwk' }));
  return { kid, alg, publicKey };
}

/** The public members only, with `kid`, `alg` and `use`. Throws malformed-key. */
export function publicJwk(jwk: Jwk): Jwk {
  const { kty, crv, x, y } = jwk;
  return describe(kty === 'EC' && y !== undefined ? { kty, crv, x, y } : { kty, crv, x });
}

/** RFC 7638: base64url SHA-256 over the required members in lexical order. Throws malformed-key. */
export function thumbprint(jwk: Jwk): string {
  const { kty, crv, x, y } = jwk;
  const required = algorithmOf(jwk) === 'Ed25519' ? { crv, kty, x } : { crv, kty, x, y };
  return sha256Base64url(JSON.stringify(required));
}

function inspect(jwk: Jwk, operation: 'sign' | 'verify'): { kid: string; alg: SignatureAlgorithm } {
  const alg = algorithmOf(jwk);
  const kid = thumbprint(jwk);
  if (jwk.kid !== undefined && jwk.kid !== kid) {
    throw new WaslError('malformed-key', 'kid is not the RFC 7638 thumbprint of the key');
  }
  if (jwk.alg !== undefined && jwk.alg !== alg && !(alg === 'Ed25519' && jwk.alg === 'EdDSA')) {
    throw new WaslError('malformed-key', `alg does not fit a ${jwk.crv} key`);
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') throw new WaslError('malformed-key', 'use is not "sig"');
  // A private key file serves both operations, so either one admits it.
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes(operation) && !jwk.key_ops.includes('sign')) {
    throw new WaslError('malformed-key', `key_ops does not allow "${operation}"`);
  }
  return { kid, alg };
}

function algorithmOf(jwk: Jwk): SignatureAlgorithm {
  if (!isCoordinate(jwk.x)) throw new WaslError('malformed-key', 'x is not 32 bytes of base64url');
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return 'Ed25519';
  if (jwk.kty !== 'EC' || jwk.crv !== 'P-256') {
    throw new WaslError('malformed-key', 'only Ed25519 (OKP) and P-256 (EC) keys are supported');
  }
  if (!isCoordinate(jwk.y)) throw new WaslError('malformed-key', 'y is not 32 bytes of base64url');
  return 'ES256';
}

function isCoordinate(text: unknown): text is string {
  return typeof text === 'string' && decodeBase64url(text)?.length === 32;
}

function importKey(create: () => KeyObject): KeyObject {
  try {
    return create();
  } catch (cause) {
    throw new WaslError('malformed-key', 'the key is not valid on its curve', { cause });
  }
}
