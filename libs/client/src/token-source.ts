import { randomUUID, sign } from 'node:crypto';
import { MAX_ACCESS_LIFETIME, signAccessStatement, WaslError, type SigningKey } from '#protocol';
import { HttpChannel } from './http-channel.js';
import { problemOf, isTransient } from './problem.js';
import { DEFAULT_RETRY, pause, retryDelayMs } from './retry.js';

export interface TokenSourceOptions {
  /** `<directory>/oauth/token`, as it is reached from here. */
  tokenUrl: string;
  /** The directory's public URL, where that is another one: the audience of the assertion. */
  issuer?: string;
  /** The bus: the audience of the access token. */
  audience: string;
  /** URN of the system that asks, also its client_id. */
  system: string;
  key: SigningKey;
  roles: string[];
}

interface CachedToken {
  value: string;
  /** Milliseconds since the epoch after which a new token is asked for. */
  renewAt: number;
  expiresAt: number;
}

const RENEW_BEFORE_EXPIRY_MS = 30_000;

/** Access tokens by client credentials with private_key_jwt (RFC 7523 §2.2), one request at a time, cached. */
export class TokenSource {
  private readonly channel: HttpChannel;
  private readonly path: string;
  private cached: CachedToken | undefined;
  private pending: Promise<string> | undefined;
  private closed = false;

  constructor(private readonly options: TokenSourceOptions) {
    const url = new URL(options.tokenUrl);
    this.channel = new HttpChannel(url.origin, 2);
    this.path = url.pathname + url.search;
  }

  /**
   * A token valid for 30 s at least; while the directory does not answer, an access statement of the system's own.
   * Throws WaslError `not-authenticated`.
   */
  token(): Promise<string> {
    if (this.cached && Date.now() < this.cached.renewAt) return Promise.resolve(this.cached.value);
    this.pending ??= this.renew().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /** Forgets the token, for the case that a service refused it. */
  invalidate(): void {
    this.cached = undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.channel.close();
  }

  private async renew(): Promise<string> {
    try {
      return await this.request();
    } catch (error) {
      // While the directory is away, a token that is still good serves to its last second.
      if (this.cached && Date.now() < this.cached.expiresAt - 1_000) return this.cached.value;
      if (error instanceof WaslError && error.code === 'unavailable') return this.state();
      throw error;
    }
  }

  /** The system speaks for itself: exchanges that are agreed go on without the directory. */
  private state(): string {
    const iat = Math.floor(Date.now() / 1_000);
    const exp = iat + MAX_ACCESS_LIFETIME;
    const { system: iss, audience: aud, roles, key } = this.options;
    const value = signAccessStatement({ iss, aud, iat, exp, scope: roles.join(' ') }, key);
    const expiresAt = exp * 1_000;
    this.cached = { value, renewAt: expiresAt - RENEW_BEFORE_EXPIRY_MS, expiresAt };
    return value;
  }

  private async request(): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const last = this.closed || attempt + 1 >= DEFAULT_RETRY.attempts;
      try {
        const response = await this.channel.send({
          method: 'POST',
          path: this.path,
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: this.form(),
        });
        if (response.status === 200) return this.store(response.body);
        if (!isTransient(response.status) || last) {
          const code = isTransient(response.status) ? 'unavailable' : 'not-authenticated';
          const reason = problemOf(response).code;
          throw new WaslError(
            code,
            `the directory gave no token to ${this.options.system} (${response.status} ${reason})`,
          );
        }
      } catch (error) {
        if (last || !(error instanceof WaslError) || error.code !== 'unavailable') throw error;
      }
      await pause(retryDelayMs(attempt, Math.random()));
    }
  }

  private form(): string {
    return new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: this.options.system,
      scope: this.options.roles.join(' '),
      resource: this.options.audience,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: clientAssertion(this.options, Math.floor(Date.now() / 1_000), randomUUID()),
    }).toString();
  }

  private store(body: Buffer): string {
    const answer = JSON.parse(body.toString('utf8')) as { access_token?: unknown; expires_in?: unknown };
    if (typeof answer.access_token !== 'string') {
      throw new WaslError('not-authenticated', 'the token answer carries no access_token');
    }
    const lifetimeMs = (typeof answer.expires_in === 'number' ? answer.expires_in : 60) * 1_000;
    const expiresAt = Date.now() + lifetimeMs;
    this.cached = { value: answer.access_token, renewAt: expiresAt - RENEW_BEFORE_EXPIRY_MS, expiresAt };
    return answer.access_token;
  }
}

/** RFC 7523 §3 client assertion. The header says `EdDSA`, the name every OpenID provider knows for Ed25519. */
export function clientAssertion(options: TokenSourceOptions, nowSeconds: number, jti: string): string {
  const { key, system, tokenUrl, issuer } = options;
  const header = { alg: key.alg === 'Ed25519' ? 'EdDSA' : key.alg, kid: key.kid, typ: 'JWT' };
  const claims = {
    iss: system,
    sub: system,
    aud: issuer ?? tokenUrl,
    jti,
    iat: nowSeconds,
    exp: nowSeconds + 60,
  };
  const input = `${encode(header)}.${encode(claims)}`;
  const signature =
    key.alg === 'Ed25519'
      ? sign(null, Buffer.from(input), key.privateKey)
      : sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
