import { publicJwk, verificationKeyFromJwk, WaslError, type Jwk, type VerificationKey } from '#protocol';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * Encodings of Ed25519 points of small order (RFC 7748 §7 speaks of the same on Curve25519; list as in
 * libsodium's blocklist, sign bit cleared): anyone can "sign" under them, so their owner could deny everything.
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * What may be registered as a signing key: public members only, Ed25519 or P-256, `kid` (if given) the
 * RFC 7638 thumbprint, `alg` (if given) that of the curve.
 * Throws WaslError `private-key-disclosed` or `malformed-key`.
 */
export function registrableKey(given: Record<string, unknown>): { jwk: Jwk; key: VerificationKey } {
  if (PRIVATE_MEMBERS.some((member) => member in given)) {
    throw new WaslError(
      'private-key-disclosed',
      'the body holds the private part of a key: throw that key away, make a new one, and send its public part only',
    );
  }
  const key = verificationKeyFromJwk(given as unknown as Jwk);
  const jwk = publicJwk(given as unknown as Jwk);
  if (key.alg === 'Ed25519' && SMALL_ORDER.has(withoutSign(jwk.x))) {
    throw new WaslError('malformed-key', 'a key of small order proves nothing');
  }
  return { jwk, key };
}

function withoutSign(x: string): string {
  const bytes = Buffer.from(x, 'base64url');
  bytes[31] = bytes[31]! & 0x7f;
  return bytes.toString('hex');
}
