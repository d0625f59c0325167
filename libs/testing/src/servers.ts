import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedKafka } from '../../../deploy/local/src/kafka.js';
import { freePorts } from '../../../deploy/local/src/ports.js';
import { EmbeddedPostgres } from '../../../deploy/local/src/postgres.js';
import { endProcess, findProcesses, isRunning } from '../../../deploy/local/src/processes.js';

export const stateFolder = join(repositoryRoot(), '.wasl');

/** PostgreSQL and Kafka of one test run, in a folder that goes away with it. */
export class TestServers {
  readonly folder = join(stateFolder, `test-${process.pid}`);
  private postgres: EmbeddedPostgres | undefined;
  private kafka: EmbeddedKafka | undefined;

  async start(): Promise<{ databaseUrl: string; kafkaBrokers: string }> {
    await sweep();
    mkdirSync(this.folder, { recursive: true });
    const [databaseUrl, kafkaBrokers] = await Promise.all([this.startPostgres(), this.startKafka()]);
    return { databaseUrl, kafkaBrokers };
  }

  async stop(): Promise<void> {
    // Their data goes away with them: no need for a clean end.
    await Promise.all([this.postgres?.kill(), this.kafka?.kill()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The same without waiting, for a process that is about to end. */
  stopNow(): void {
    for (const pid of [this.postgres?.pid, this.kafka?.pid]) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startPostgres(): Promise<string> {
    const given = process.env.TEST_DATABASE_URL;
    if (given) return given;
    const [port] = await freePorts(1);
    this.postgres = new EmbeddedPostgres({
      folder: join(this.folder, 'postgres'),
      port: port!,
      fsync: false,
      maxConnections: 300,
    });
    await this.postgres.start();
    return this.postgres.url('postgres');
  }

  private async startKafka(): Promise<string> {
    const given = process.env.TEST_KAFKA_BROKERS;
    if (given) return given;
    this.kafka = await newKafka(join(this.folder, 'kafka'));
    await this.kafka.start();
    return this.kafka.brokers.join(',');
  }
}

/** A broker of its own (not started yet), for a spec that kills it. The folder is the caller's to remove. */
export async function newKafka(folder: string): Promise<EmbeddedKafka> {
  const [port, controllerPort] = await freePorts(2);
  return new EmbeddedKafka({
    folder,
    cache: join(stateFolder, 'cache'),
    port: port!,
    controllerPort: controllerPort!,
  });
}

/** Ends what runs of tests that were killed left behind. */
async function sweep(): Promise<void> {
  if (!existsSync(stateFolder)) return;
  for (const name of readdirSync(stateFolder)) {
    const pid = Number(/^test-(\d+)/.exec(name)?.[1]);
    if (!pid || isRunning(pid)) continue;
    const folder = join(stateFolder, name);
    for (const argument of [join(folder, 'postgres/data'), join(folder, 'kafka/server.properties')]) {
      for (const orphan of findProcesses(argument)) await endProcess(orphan.pid, 'SIGKILL', 5000);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function repositoryRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
}
