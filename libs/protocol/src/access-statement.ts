import { checkClaims, isNumericDate, isText } from './claims.js';
import { parseJsonObject } from './encoding.js';
import { WaslError } from './errors.js';
import { parseCompactJws, signCompactJws, type ParsedJws } from './jws.js';
import type { SigningKey } from './keys.js';
import { isMemberUrn, isSystemUrn } from './urn.js';

export const ACCESS_TYP = 'wasl-access+jwt';
const MAX_BYTES = 4_096;
/** Seconds that an access statement may be good for, and that it may be dated ahead. */
export const MAX_ACCESS_LIFETIME = 300;
const MAX_CLOCK_LEAD = 10;

/**
 * What a system signs itself to call the bus while the directory gives no tokens (docs/formats/access.md):
 * the registered key proves who calls, as it does in a manifest.
 */
export interface AccessStatement {
  /** The calling system. */
  iss: string;
  /** The bus. */
  aud: string;
  iat: number;
  /** At most iat + 300. */
  exp: number;
  /** Roles asked for, separated by spaces. */
  scope: string;
}

const REQUIRED = {
  iss: isSystemUrn,
  aud: isMemberUrn,
  iat: isNumericDate,
  exp: isNumericDate,
  scope: isText(200),
};

export function signAccessStatement(claims: AccessStatement, key: SigningKey): string {
  return signCompactJws(ACCESS_TYP, claims, key);
}

/** Whether a bearer token says of itself that it is an access statement. Decides nothing else. */
export function looksLikeAccessStatement(token: string): boolean {
  const header = Buffer.from(token.slice(0, Math.max(0, token.indexOf('.'))), 'base64url');
  return header.includes(`"${ACCESS_TYP}"`);
}

/**
 * Form and times; the signature is for the caller to verify.
 * Throws token-invalid, token-expired.
 */
export function parseAccessStatement(
  token: string,
  nowSeconds: number,
): { jws: ParsedJws; claims: AccessStatement } {
  const jws = parseCompactJws(token, ACCESS_TYP, MAX_BYTES, 'token-invalid');
  const claims = parseJsonObject(jws.payload, 'the access statement', 'token-invalid');
  checkClaims(claims, REQUIRED, {}, 'token-invalid');
  const statement = claims as unknown as AccessStatement;
  const { iat, exp } = statement;
  if (exp <= iat || exp - iat > MAX_ACCESS_LIFETIME || iat > nowSeconds + MAX_CLOCK_LEAD) {
    throw new WaslError(
      'token-invalid',
      `an access statement is good for ${MAX_ACCESS_LIFETIME} s at most, from now`,
    );
  }
  if (exp <= nowSeconds) throw new WaslError('token-expired', 'the access statement has expired');
  return { jws, claims: statement };
}
