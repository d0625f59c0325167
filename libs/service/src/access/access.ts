import type { FastifyRequest } from 'fastify';
import { createLocalJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isKeyInForce, ROLES, type ControlState, type Role } from '#control';
import {
  looksLikeAccessStatement,
  parseAccessStatement,
  verificationKeyFromJwk,
  verifyJwsAsync,
  WaslError,
} from '#protocol';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';

export interface AccessOptions {
  /** What is known of systems, roles and token keys. */
  view: Pick<ControlState, 'tokenKeys' | 'system' | 'member' | 'key'>;
  /** Issuer of access tokens: the directory's public URL. */
  issuer: string;
  /** URN that tokens must be meant for: the bus. */
  audience: string;
}

const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'];
const CLOCK_TOLERANCE_SECONDS = 5;

/** Verifies access tokens (RFC 9068) against the token keys that the directory publishes, and access statements. */
export class Access extends Authenticator {
  private resolver: { jwks: unknown; getKey: JWTVerifyGetKey } | undefined;

  constructor(private readonly options: AccessOptions) {
    super();
  }

  /**
   * Verifies the bearer token of a request and sets `request.caller`.
   * @param roles if given, one of them is needed
   * @throws WaslError not-authenticated, token-expired, token-invalid, wrong-audience, system-suspended, not-allowed
   */
  async authenticate(request: FastifyRequest, roles?: readonly Role[]): Promise<Caller> {
    const caller = await this.verify(bearerToken(request.headers.authorization));
    request.caller = caller;
    if (roles) requireRole(caller, roles);
    return caller;
  }

  /** The caller that a compact JWT stands for; errors as for `authenticate`. */
  async verify(token: string): Promise<Caller> {
    if (looksLikeAccessStatement(token)) return this.verifyStatement(token, new Date());
    const payload = await this.verifiedClaims(token);
    return this.callerOf(payload['client_id'] ?? payload.sub, rolesOf(payload));
  }

  /** What the calling system signed itself, with a key in force now (docs/formats/access.md). */
  private async verifyStatement(token: string, now: Date): Promise<Caller> {
    const { jws, claims } = parseAccessStatement(token, Math.floor(now.getTime() / 1_000));
    if (claims.aud !== this.options.audience)
      throw new WaslError('wrong-audience', 'the access statement is meant for another bus');
    const record = this.options.view.key(jws.header.kid);
    if (!record || record.system !== claims.iss || !isKeyInForce(record, now))
      throw new WaslError('token-invalid', 'no key in force of this system signed the access statement');
    try {
      await verifyJwsAsync(jws, verificationKeyFromJwk(record.jwk));
    } catch (error) {
      throw new WaslError('token-invalid', 'the signature of the access statement is wrong', {
        cause: error,
      });
    }
    return this.callerOf(claims.iss, rolesOf({ scope: claims.scope }));
  }

  private callerOf(id: unknown, granted: Set<Role>): Caller {
    const system = typeof id === 'string' ? this.options.view.system(id) : undefined;
    if (!system)
      throw new WaslError('token-invalid', 'the token names a system that the directory does not know');
    const member = this.options.view.member(system.member);
    if (system.status !== 'active' || member?.status !== 'active')
      throw new WaslError('system-suspended', `${system.id} or its member is suspended`);
    return {
      system: system.id,
      member: system.member,
      roles: system.roles.filter((role) => granted.has(role)),
    };
  }

  private async verifiedClaims(token: string): Promise<JWTPayload> {
    try {
      const { issuer, audience } = this.options;
      const { payload } = await jwtVerify(token, this.keys(), {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        typ: 'at+jwt',
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      return payload;
    } catch (error) {
      throw tokenError(error);
    }
  }

  private keys(): JWTVerifyGetKey {
    const record = this.options.view.tokenKeys();
    if (!record || record.issuer !== this.options.issuer)
      throw new WaslError('unavailable', 'the keys of the token issuer are not known yet', {
        retryAfterSeconds: 2,
      });
    if (this.resolver?.jwks !== record.jwks)
      this.resolver = {
        jwks: record.jwks,
        getKey: createLocalJWKSet(record.jwks),
      };
    return this.resolver.getKey;
  }
}

/** @throws WaslError not-allowed, naming the roles of which one is needed */
export function requireRole(caller: Caller, roles: readonly Role[]): void {
  if (!roles.some((role) => caller.roles.includes(role)))
    throw new WaslError('not-allowed', `needs the role ${roles.join(' or ')}`);
}

function bearerToken(authorization: string | undefined): string {
  const match = /^Bearer +([\w~+/.-]+=*)$/i.exec(authorization ?? '');
  if (!match?.[1])
    throw new WaslError('not-authenticated', 'an access token is needed: Authorization: Bearer <token>');
  return match[1];
}

/** Roles as an array claim `roles`, or as words of `scope`. */
function rolesOf(payload: JWTPayload): Set<Role> {
  const { roles, scope } = payload;
  const words: unknown[] = Array.isArray(roles) ? roles : typeof scope === 'string' ? scope.split(' ') : [];
  return new Set(ROLES.filter((role) => words.includes(role)));
}

function tokenError(error: unknown): WaslError {
  if (error instanceof WaslError) return error;
  if (error instanceof errors.JWTExpired)
    return new WaslError('token-expired', 'the access token has expired');
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return new WaslError('wrong-audience', 'the access token is meant for another audience');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new WaslError('token-invalid', `the access token is not acceptable: ${error.claim}`);
  return new WaslError('token-invalid', 'the access token cannot be verified');
}
