import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DeprecationNotices, TokenSource, WaslClient } from '#client';
import { keyFileName, signingKeyFromJwk, type SigningKey } from '#protocol';
import { endingLine } from './ending.js';
import { UsageError } from './output.js';

/** Where an installation answers: `.wasl/local/environment.json`, or the file that WASL_ENVIRONMENT names. */
export interface Environment {
  format: 'wasl-environment/1';
  bus: string;
  gateway: string;
  registry: string;
  directory: string;
  connector: string;
  audit: string;
  /** Folder with `<system urn with ':' as '_'>.jwk.json`, one private JWK a file. */
  keys: string;
}

function nearestEnvironmentFile(): string | undefined {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const file = join(folder, '.wasl', 'local', 'environment.json');
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}

/** @throws UsageError when no environment file is found or it isn't one. */
export function readEnvironment(): Environment {
  const file = process.env.WASL_ENVIRONMENT ?? nearestEnvironmentFile();
  if (!file || !existsSync(file)) {
    throw new UsageError(
      'No environment found. Start the local one with "npm start", or name a file: WASL_ENVIRONMENT=<environment.json>',
    );
  }
  let content: Environment;
  try {
    content = JSON.parse(readFileSync(file, 'utf8')) as Environment;
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
  if (content.format !== 'wasl-environment/1') throw new UsageError(`${file} is not an environment file`);
  return { ...content, keys: resolve(dirname(file), content.keys) };
}

/** Reads a private JWK. @throws UsageError when the file is missing or holds no private key. */
export function readKey(file: string): SigningKey {
  if (!existsSync(file)) throw new UsageError(`No key file ${file}. Make one: wasl keys make --out ${file}`);
  try {
    return signingKeyFromJwk(
      JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof signingKeyFromJwk>[0],
    );
  } catch {
    throw new UsageError(`${file} holds no usable private key (JWK, Ed25519 or ES256)`);
  }
}

/** Options that every command which speaks as a system has. */
export interface Identity {
  as: string;
  key?: string;
}

/** A client that speaks as the system whose URN is `as`. */
export function clientFor({ as, key }: Identity, roles: string[]): WaslClient {
  const environment = readEnvironment();
  if (!as.startsWith('urn:wasl:')) {
    throw new UsageError(`--as takes a system's URN, such as urn:wasl:dz:education:enrolment (got "${as}")`);
  }
  const signingKey = readKey(key ?? join(environment.keys, keyFileName(as)));
  const { bus, gateway, audit, directory, registry } = environment;
  const tokens = new TokenSource({
    tokenUrl: `${directory}/oauth/token`,
    audience: bus,
    system: as,
    key: signingKey,
    roles,
  });
  const deprecations = new DeprecationNotices((notice, isEnding) => {
    if (isEnding) process.stderr.write(`wasl: ${endingLine(notice)}\n`);
  });
  const addresses = { gateway, audit, directory, registry, bus };
  return new WaslClient({ ...addresses, system: as, key: signingKey, tokens, deprecations });
}
