import type { EventEmitter } from 'node:events';
import { ROLES } from '#control';
import type { Logger } from '#service';
import Provider, { errors, type Client, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { DataSource } from 'typeorm';
import { assertionFault, CLOCK_TOLERANCE_SECONDS } from './assertion-rules.js';
import { ClientAdapter } from './client-adapter.js';
import type { ReplayAdapter } from './replay-adapter.js';
import { SilentAdapter } from './silent-adapter.js';
import type { TokenKeyEntity } from './token-key.entity.js';

export const TOKEN_LIFETIME_SECONDS = 300;
export const TOKEN_PATH = '/oauth/token';
export const JWKS_PATH = '/oauth/jwks';
const ASSERTION_ALGORITHMS = ['Ed25519', 'EdDSA', 'ES256'] as const;

export interface ProviderOptions {
  issuer: string;
  bus: string;
  source: DataSource;
  replays: ReplayAdapter;
  keys: TokenKeyEntity[];
  logger: Logger;
}

/** OAuth 2 with the one flow that systems need: client credentials by private_key_jwt (RFC 6749 §4.4, RFC 7523). */
export function createProvider(options: ProviderOptions): Provider {
  const { issuer, source, replays, keys, logger } = options;
  const [current] = keys;
  if (!current) throw new Error('there is no key to sign access tokens with');
  const clients = new ClientAdapter(source);
  const silent = new SilentAdapter();
  const off = { enabled: false };
  const configuration: Configuration = {
    adapter: (model: string) =>
      model === 'Client' ? clients : model === 'ReplayDetection' ? replays : silent,
    jwks: { keys: keys.map(({ jwk, kid, alg }) => ({ ...jwk, kid, alg, use: 'sig' })) },
    routes: { token: TOKEN_PATH, jwks: JWKS_PATH },
    scopes: [...ROLES],
    responseTypes: [],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: {
      grant_types: ['client_credentials'],
      response_types: [],
      id_token_signed_response_alg: current.alg,
    },
    enabledJWA: {
      clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS],
      idTokenSigningAlgValues: ['Ed25519', 'ES256'],
    },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims, header) => {
      const fault = assertionFault(claims, header, Math.floor(Date.now() / 1000));
      if (fault !== undefined) throw new errors.InvalidClientAuth(fault);
    },
    renderError: async (ctx, out) => {
      // Browsers, too, get the OAuth error object.
      ctx.type = 'json';
      ctx.body = out;
    },
    features: {
      devInteractions: off,
      dPoP: off,
      rpInitiatedLogout: off,
      pushedAuthorizationRequests: off,
      userinfo: off,
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => options.bus,
        getResourceServerInfo: async (ctx, resource, client) =>
          resourceServer(ctx, resource, client, options.bus, current.alg),
      },
    },
  };
  const provider = new Provider(issuer, configuration);
  nameOwnUrlsByIssuer(provider);
  provider.use(describeWhatIsOffered);
  provider.on('server_error', (_ctx, err) => logger.error({ err }, 'the token endpoint failed'));
  (provider as EventEmitter).on('error', (err: Error) => logger.warn({ err }, 'a token request broke off'));
  provider.on('grant.error', (ctx, { error, error_description, error_detail }) => {
    logger.info(
      { client: ctx.oidc.client?.clientId, error, error_description, error_detail },
      'token refused',
    );
  });
  return provider;
}

/**
 * oidc-provider builds the URL of the token endpoint, an accepted audience of assertions, from the Host header
 * that the caller sends: whoever holds an assertion for another server could name that server and replay it here.
 */
function nameOwnUrlsByIssuer(provider: Provider): void {
  const urlFor = (name: string, options?: Record<string, unknown>) => provider.urlFor(name, options);
  Object.defineProperty(provider.OIDCContext.prototype, 'urlFor', { value: urlFor });
}

/**
 * The bus is the one resource. A role that the system doesn't have is refused here and not left out: with
 * an empty `scope` of the client, oidc-provider itself would allow every scope.
 */
function resourceServer(
  ctx: KoaContextWithOIDC,
  resource: string,
  client: Client,
  bus: string,
  alg: 'Ed25519' | 'ES256',
) {
  if (resource !== bus) throw new errors.InvalidTarget();
  const roles = new Set(client.scope?.split(' ') ?? []);
  for (const scope of ctx.oidc.requestParamScopes) {
    if (!roles.has(scope))
      throw new errors.InvalidScope('requested scope is not a role of this system', scope);
  }
  return {
    scope: [...roles].join(' '),
    audience: bus,
    accessTokenTTL: TOKEN_LIFETIME_SECONDS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg } },
  };
}

const OFFERED = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
];

/** RFC 8414 metadata without the endpoints and claims of the flows that aren't there. */
async function describeWhatIsOffered(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  if (ctx.status !== 200 || ctx.oidc?.route !== 'discovery') return;
  const body = ctx.body as Record<string, unknown>;
  ctx.body = { ...Object.fromEntries(OFFERED.map((name) => [name, body[name]])), scopes_supported: ROLES };
}
