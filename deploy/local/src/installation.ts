import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey, keyFileName, publicJwk } from '#protocol';
import { BUS, FOUNDING_MEMBERS, FOUNDING_SYSTEMS, SYSTEMS } from './population.js';

/** Files of an installation: one private key a system, the log's key, and what the directory starts from. */
export interface Installation {
  /** Folder with `<system urn with ':' as '_'>.jwk.json`, one private JWK a file. */
  keys: string;
  /** `DIRECTORY_BOOTSTRAP_FILE`: bus and steward agency with their public keys. */
  bootstrapFile: string;
  logKeyFile: string;
}

type PrivateJwk = ReturnType<typeof generateKey>['jwk'];

export function keyFile(installation: Installation, system: string): string {
  return join(installation.keys, keyFileName(system));
}

function writePrivately(file: string, content: unknown): void {
  // Temporary file and rename: a kill in between never leaves half a key.
  writeFileSync(`${file}.new`, JSON.stringify(content, null, 2) + '\n', { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The private JWK in `file`; made (Ed25519) on first use, never replaced. */
export function keyIn(file: string): PrivateJwk {
  if (!existsSync(file)) writePrivately(file, generateKey('Ed25519').jwk);
  return JSON.parse(readFileSync(file, 'utf8')) as PrivateJwk;
}

/**
 * Makes what is missing of an installation in `folder` and keeps what is there.
 * @param sample with the keys of the sample administrations, for the local environment
 */
export function createInstallation(folder: string, { sample = true } = {}): Installation {
  const installation: Installation = {
    keys: join(folder, 'keys'),
    bootstrapFile: join(folder, 'directory-bootstrap.json'),
    logKeyFile: join(folder, 'keys', 'log.jwk.json'),
  };
  mkdirSync(installation.keys, { recursive: true, mode: 0o700 });
  keyIn(installation.logKeyFile);
  for (const system of [...FOUNDING_SYSTEMS, ...(sample ? SYSTEMS : [])])
    keyIn(keyFile(installation, system.id));
  writePrivately(installation.bootstrapFile, {
    bus: BUS,
    members: FOUNDING_MEMBERS,
    systems: FOUNDING_SYSTEMS,
    keys: FOUNDING_SYSTEMS.map((system) => ({
      system: system.id,
      jwk: publicJwk(keyIn(keyFile(installation, system.id))),
    })),
  });
  return installation;
}

// `node dist/deploy/local/src/installation.js <folder>`: the set-up container of deploy/compose.yaml.
if (process.argv[1]?.endsWith('installation.js') && process.argv[2]) {
  const folder = process.argv[2];
  createInstallation(folder, { sample: false });
  for (const part of ['members', 'guard']) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const at = (port: number) => `http://127.0.0.1:${port}`;
  writePrivately(join(folder, 'environment.json'), {
    format: 'wasl-environment/1',
    bus: BUS,
    gateway: at(8080),
    registry: at(8081),
    directory: at(8082),
    connector: at(8083),
    audit: at(8084),
    keys: 'keys',
  });
  console.log(`The keys of the installation are in ${folder}: keep it secret, and backed up.`);
}
