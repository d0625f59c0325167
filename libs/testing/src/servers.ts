import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { EmbeddedKafka } from '../../../deploy/local/src/kafka.js';
import { freePorts } from '../../../deploy/local/src/ports.js';
import { EmbeddedPostgres } from '../../../deploy/local/src/postgres.js';
import { findProcesses, isRunning } from '../../../deploy/local/src/processes.js';

const stateFolder = join(repositoryRoot(), '.wasl');

/** PostgreSQL and Kafka of one test run, in a folder that goes away with it. */
export class TestServers {
  readonly folder = join(stateFolder, `test-${process.pid}`);

  async start(): Promise<{ databaseUrl: string; kafkaBrokers: string }> {
    sweep();
    mkdirSync(this.folder, { recursive: true });
    const { TEST_DATABASE_URL, TEST_KAFKA_BROKERS } = process.env;
    const [databaseUrl, kafkaBrokers] = await Promise.all([
      TEST_DATABASE_URL || startPostgres(join(this.folder, 'postgres')),
      TEST_KAFKA_BROKERS || startKafka(join(this.folder, 'kafka')),
    ]);
    return { databaseUrl, kafkaBrokers };
  }

  /** Their data goes away with them, so there is no need for a clean end, and this works in an exit handler too. */
  stop(): void {
    remove(this.folder);
  }
}

async function startPostgres(folder: string): Promise<string> {
  const [port] = await freePorts(1);
  const postgres = new EmbeddedPostgres({ folder, port: port!, fsync: false, maxConnections: 300 });
  await postgres.start();
  return postgres.url('postgres');
}

async function startKafka(folder: string): Promise<string> {
  const kafka = await newKafka(folder);
  await kafka.start();
  return kafka.brokers.join(',');
}

/** A broker that is not started yet. */
export async function newKafka(folder: string): Promise<EmbeddedKafka> {
  const [port, controllerPort] = await freePorts(2);
  const cache = join(stateFolder, 'cache');
  return new EmbeddedKafka({ folder, cache, port: port!, controllerPort: controllerPort! });
}

/** Removes what test runs that were killed left behind. */
function sweep(): void {
  if (!existsSync(stateFolder)) return;
  for (const name of readdirSync(stateFolder)) {
    const pid = Number(/^test-(\d+)$/.exec(name)?.[1]);
    if (pid && !isRunning(pid)) remove(join(stateFolder, name));
  }
}

/** Ends the servers that work in the folder, and deletes it. */
export function remove(folder: string): void {
  for (const { pid } of findProcesses((argument) => argument.startsWith(folder + sep))) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  // A dying server may still write: what is not empty is tried again.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
}
