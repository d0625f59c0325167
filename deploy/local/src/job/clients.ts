import { readFileSync } from 'node:fs';
import { TokenSource, WaslClient } from '#client';
import { signingKeyFromJwk, type SigningKey } from '#protocol';
import { keyFile, type Installation } from '../installation.js';
import type { Environment } from '../services.js';

/** Clients that speak as the systems of the sample administrations, each made once. */
export class Clients {
  private readonly clients = new Map<string, WaslClient>();

  constructor(
    private readonly installation: Installation,
    readonly environment: Environment,
  ) {}

  keyOf(system: string): SigningKey {
    const file = keyFile(this.installation, system);
    return signingKeyFromJwk(
      JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof signingKeyFromJwk>[0],
    );
  }

  as(system: string, role: string): WaslClient {
    const name = `${system} ${role}`;
    let client = this.clients.get(name);
    if (!client) {
      const { bus, gateway, directory, registry, audit } = this.environment;
      const key = this.keyOf(system);
      const tokenUrl = `${directory}/oauth/token`;
      const tokens = new TokenSource({ tokenUrl, audience: bus, system, key, roles: [role] });
      client = new WaslClient({ gateway, directory, registry, audit, bus, system, key, tokens });
      this.clients.set(name, client);
    }
    return client;
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.close()));
  }
}

/** One JSON call with a system's token. @throws WaslError with the service's code */
export async function call<T>(
  client: WaslClient,
  baseUrl: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await client.authorised(baseUrl, {
    method,
    path,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }),
  });
  const text = response.body.toString('utf8');
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
