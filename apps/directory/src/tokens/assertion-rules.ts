const MAX_LIFETIME_SECONDS = 300;
const MAX_JTI_LENGTH = 256;

/** How far the clocks of a client and the directory may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 10;

/**
 * What a client assertion must fulfil beyond RFC 7523 §3, which oidc-provider checks (signature by an active
 * key of the client, iss = sub = client_id, audience, expiry). Returns what is wrong, or undefined.
 */
export function assertionFault(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  nowSeconds: number,
): string | undefined {
  const { aud, exp, iat, jti } = claims;
  if (typeof header['kid'] !== 'string') return 'the assertion must name its key (kid)';
  // One audience: an assertion that another server would take too could be replayed there.
  if (typeof aud !== 'string' && (aud as unknown[]).length !== 1)
    return 'the assertion must have one audience';
  if (typeof jti !== 'string' || jti.length > MAX_JTI_LENGTH)
    return 'jti must be a text of 1 to 256 characters';
  const latest = nowSeconds + MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS;
  if (typeof exp !== 'number' || exp > latest)
    return 'the assertion must not be valid for more than 300 seconds';
  if (typeof iat === 'number' && iat > nowSeconds + CLOCK_TOLERANCE_SECONDS)
    return 'the assertion is dated in the future';
  return undefined;
}
