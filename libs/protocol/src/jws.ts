import { sign, verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto';
import { decodeBase64url, parseJsonObject } from './encoding.js';
import type { ErrorCode } from './error-codes.js';
import { WaslError } from './errors.js';
import type { SignatureAlgorithm, SigningKey, VerificationKey } from './keys.js';

export interface JwsHeader {
  /** Normalised: the legacy name `EdDSA` is read as `Ed25519` (RFC 9864). */
  alg: SignatureAlgorithm;
  kid: string;
  typ: string | null;
}

export interface ParsedJws {
  header: JwsHeader;
  payload: Buffer;
  /** ASCII bytes of `header.payload`, exactly as received. */
  signingInput: Buffer;
  signature: Buffer;
}

/** An entry of the ledger holds at most this many bytes (C2SP tlog-tiles, 16-bit length). */
export const MAX_TOKEN_BYTES = 65_535;

/**
 * Parses a compact JWS (RFC 7515 §7.1) strictly: base64url re-encodes to the same text, the header has the
 * members alg, kid and typ and no other (so no crit, b64, jwk, jku, x5*), both algorithms have 64-byte signatures.
 * `typ` null: the header must have no typ. Throws WaslError with `code`, or unsupported-algorithm.
 */
export function parseCompactJws(
  token: string,
  typ: string | null,
  maxBytes: number = MAX_TOKEN_BYTES,
  code: ErrorCode = 'malformed-token',
): ParsedJws {
  if (typeof token !== 'string' || token.length > maxBytes) {
    throw new WaslError(code, `the token is longer than ${maxBytes} bytes`);
  }
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < 0 || token.includes('.', second + 1)) {
    throw new WaslError(code, 'the token is not three parts separated by dots');
  }
  const headerBytes = decodeBase64url(token.slice(0, first));
  const payload = decodeBase64url(token.slice(first + 1, second));
  const signature = decodeBase64url(token.slice(second + 1));
  if (headerBytes === undefined || payload === undefined || signature === undefined) {
    throw new WaslError(code, 'a part of the token is not canonical base64url without padding');
  }
  const header = parseHeader(headerBytes, typ, code);
  if (signature.length !== 64) throw new WaslError(code, 'the signature is not 64 bytes long');
  return { header, payload, signingInput: Buffer.from(token.slice(0, second), 'latin1'), signature };
}

function parseHeader(bytes: Buffer, typ: string | null, code: ErrorCode): JwsHeader {
  const header = parseJsonObject(bytes, 'the token header', code);
  for (const name in header) {
    if (name !== 'alg' && name !== 'kid' && name !== 'typ') {
      throw new WaslError(code, 'the token header may hold alg, kid and typ only');
    }
  }
  const { alg, kid } = header;
  if (typeof alg !== 'string') throw new WaslError(code, 'the token header has no alg');
  if (typeof kid !== 'string' || kid.length < 1 || kid.length > 128) {
    throw new WaslError(code, 'the token header has no kid of 1 to 128 characters');
  }
  if (typ === null ? 'typ' in header : header['typ'] !== typ) {
    throw new WaslError(
      code,
      typ === null ? 'the token header has a typ' : `the token's typ is not "${typ}"`,
    );
  }
  if (alg === 'ES256' || alg === 'Ed25519') return { alg, kid, typ };
  if (alg === 'EdDSA') return { alg: 'Ed25519', kid, typ };
  throw new WaslError('unsupported-algorithm', 'only Ed25519 and ES256 signatures are accepted');
}

/**
 * Verifies with the registered key; the key decides the algorithm, the header only has to agree (RFC 8725 §3.1).
 * Throws unknown-key (another kid), algorithm-mismatch, wrong-signature.
 */
export function verifyJws(parsed: ParsedJws, key: VerificationKey): void {
  checkHeaderAgainst(parsed.header, key);
  if (!verify(digestFor(key), parsed.signingInput, keyInput(key.publicKey, key.alg), parsed.signature)) {
    throw wrongSignature();
  }
}

/** As verifyJws, on a thread of the libuv pool: for services that verify thousands of tokens a second. */
export function verifyJwsAsync(parsed: ParsedJws, key: VerificationKey): Promise<void> {
  return new Promise((resolve, reject) => {
    checkHeaderAgainst(parsed.header, key);
    const input = keyInput(key.publicKey, key.alg);
    verify(digestFor(key), parsed.signingInput, input, parsed.signature, (error, valid) => {
      if (error !== null) reject(error);
      else if (valid) resolve();
      else reject(wrongSignature());
    });
  });
}

/** Signs claims as a compact JWS with the header members alg, kid, typ in that order. */
export function signCompactJws(typ: string, claims: object, key: SigningKey): string {
  const input = signingInputOf(typ, claims, key);
  const signature = sign(digestFor(key), Buffer.from(input, 'latin1'), keyInput(key.privateKey, key.alg));
  return `${input}.${signature.toString('base64url')}`;
}

/** As signCompactJws, on a thread of the libuv pool. */
export function signCompactJwsAsync(typ: string, claims: object, key: SigningKey): Promise<string> {
  return new Promise((resolve, reject) => {
    const input = signingInputOf(typ, claims, key);
    sign(
      digestFor(key),
      Buffer.from(input, 'latin1'),
      keyInput(key.privateKey, key.alg),
      (error, signature) => {
        if (error !== null) reject(error);
        else resolve(`${input}.${signature.toString('base64url')}`);
      },
    );
  });
}

function checkHeaderAgainst(header: JwsHeader, key: VerificationKey): void {
  if (header.kid !== key.kid) throw new WaslError('unknown-key', 'the token names another key');
  if (header.alg !== key.alg) {
    throw new WaslError('algorithm-mismatch', `the key is registered for ${key.alg}`);
  }
}

const wrongSignature = (): WaslError =>
  new WaslError('wrong-signature', 'the signature does not verify under the registered key');

const digestFor = (key: { alg: SignatureAlgorithm }): 'sha256' | null =>
  key.alg === 'ES256' ? 'sha256' : null;

/** JOSE carries an ECDSA signature as r ‖ s (RFC 7518 §3.4). A bare key costs Node a tenth less to take in. */
const keyInput = (key: KeyObject, alg: SignatureAlgorithm): KeyObject | SignKeyObjectInput =>
  alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key;

function signingInputOf(typ: string, claims: object, key: SigningKey): string {
  const header = JSON.stringify({ alg: key.alg, kid: key.kid, typ });
  return `${encode(header)}.${encode(JSON.stringify(claims))}`;
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
