import { parseCompactJws, verifyJws, WaslError, type VerificationKey } from '#protocol';

export const KEY_PROOF_TYPE = 'wasl-key-proof+jwt';
const MAX_LIFETIME_SECONDS = 300;
const CLOCK_SKEW_SECONDS = 10;
const MAX_BYTES = 4_096;

/**
 * Proof of possession: a compact JWS of type `wasl-key-proof+jwt`, signed by the key that is registered,
 * with exactly the claims iss (the system), aud (the bus), iat and exp (≤ iat + 300 s).
 * Throws WaslError `invalid-key-proof`; the rule of its violation says why.
 */
export function verifyKeyProof(
  token: string,
  expected: { system: string; bus: string; key: VerificationKey },
  now: Date,
): void {
  try {
    const parsed = parseCompactJws(token, KEY_PROOF_TYPE, MAX_BYTES);
    verifyJws(parsed, expected.key);
    checkProofClaims(claimsOf(parsed.payload), expected, now.getTime() / 1000);
  } catch (error) {
    if (!(error instanceof WaslError)) throw error;
    const violations = [{ pointer: '/proof', rule: error.code }];
    throw new WaslError('invalid-key-proof', error.detail, { violations });
  }
}

function checkProofClaims(
  { iss, aud, iat, exp, ...rest }: Record<string, unknown>,
  expected: { system: string; bus: string },
  now: number,
): void {
  if (Object.keys(rest).length > 0) throw malformed('it has other claims than iss, aud, iat and exp');
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp))
    throw malformed('iat and exp are not whole seconds');
  const [issued, expires] = [iat as number, exp as number];
  if (expires <= issued || expires - issued > MAX_LIFETIME_SECONDS)
    throw malformed('it is valid for more than 300 s');
  if (iss !== expected.system) throw new WaslError('wrong-issuer', 'the proof was made for another system');
  if (aud !== expected.bus) throw new WaslError('wrong-audience', 'the proof was made for another bus');
  if (issued > now + CLOCK_SKEW_SECONDS) throw malformed('it is dated in the future');
  if (expires + CLOCK_SKEW_SECONDS <= now)
    throw new WaslError('token-expired', 'the key proof has expired: make a new one');
}

function claimsOf(payload: Buffer): Record<string, unknown> {
  let claims: unknown;
  try {
    claims = JSON.parse(payload.toString('utf8'));
  } catch (cause) {
    throw new WaslError('malformed-token', 'the claims of the key proof are not JSON', { cause });
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw malformed('its claims are no object');
  return claims as Record<string, unknown>;
}

function malformed(what: string): WaslError {
  return new WaslError('malformed-token', `the key proof can't be accepted: ${what}`);
}
