import type { Role } from '#control';
import type { Jwk } from '#protocol';
import type { AdapterPayload } from 'oidc-provider';
import type { DataSource } from 'typeorm';
import { SilentAdapter } from './silent-adapter.js';

interface ClientRow {
  roles: Role[];
  jwks: Jwk[];
}

const CLIENT = `
  select s.roles, json_agg(k.jwk order by k.kid) as jwks
    from system s
    join member m on m.id = s.member and m.status = 'active'
    join signing_key k on k.system = s.id
     and k.status = 'active' and k.not_before <= now() and (k.not_after is null or now() < k.not_after)
   where s.id = $1 and s.status = 'active'
   group by s.id`;

/**
 * OAuth clients are the active systems with their active keys, read at each request: whoever is suspended,
 * or loses a key, gets no token from that moment on. (oidc-provider caches by content, never by id.)
 */
export class ClientAdapter extends SilentAdapter {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const [row] = await this.ask<ClientRow>(this.source, CLIENT, [id]);
    if (!row) return undefined;
    return {
      client_id: id,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      ...(row.roles.length > 0 ? { scope: row.roles.join(' ') } : {}),
      jwks: { keys: row.jwks.map(clientKey) },
    };
  }
}

/** Without `alg`: an Ed25519 key then takes assertions that say `Ed25519` as well as the older `EdDSA`. */
function clientKey({ kty, crv, x, y, kid }: Jwk) {
  return { kty, crv, x, ...(y === undefined ? {} : { y }), kid, use: 'sig' };
}
