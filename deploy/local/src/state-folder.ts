import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from './processes.js';
import { SetupProblem } from './setup-problem.js';

/** Name of the mark in a state folder that says which process uses it. */
export const OWNER_FILE = 'owner.pid';

/**
 * Marks a state folder as used by this process until `release`. A mark left by a process that was killed is taken
 * over; that process' servers are found and ended by EmbeddedPostgres and EmbeddedKafka themselves.
 * @throws SetupProblem when a running process holds the folder
 */
export function claimFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, OWNER_FILE);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = Number(readFileSync(file, 'utf8'));
    if (owner !== process.pid && Number.isInteger(owner) && owner > 0 && isRunning(owner)) {
      throw new SetupProblem(
        `Another run (process ${owner}) uses the folder ${folder}.`,
        `Stop it with Ctrl-C in its terminal, or by: kill ${owner}. If that process is something else, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
}

/** @throws SetupProblem when fewer than `megabytes` are free where the folder lies */
export function requireDiskSpace(folder: string, megabytes: number): void {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1024 / 1024);
  if (free >= megabytes) return;
  throw new SetupProblem(
    `Only ${free} MB are free where ${folder} lies; ${megabytes} MB are needed.`,
    'Free some space, or set DATABASE_URL and KAFKA_BROKERS to servers that run elsewhere.',
  );
}
