import type { TestProject } from 'vitest/node';
import { TestServers } from './servers.js';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
    kafkaBrokers: string;
    runFolder: string;
  }
}

interface Run {
  servers: TestServers;
  addresses: ReturnType<TestServers['start']>;
  users: number;
}

// Each Vitest project loads this file by itself; the servers are one for the whole run.
const RUN = Symbol.for('wasl.testing.run');
const shared = globalThis as { [RUN]?: Run };

/** Vitest global set-up: starts PostgreSQL and Kafka once a run, or takes those of TEST_DATABASE_URL, TEST_KAFKA_BROKERS. */
export default async function setup(project: TestProject): Promise<() => void> {
  const run = (shared[RUN] ??= begin());
  run.users += 1;
  const { databaseUrl, kafkaBrokers } = await run.addresses;
  project.provide('databaseUrl', databaseUrl);
  project.provide('kafkaBrokers', kafkaBrokers);
  project.provide('runFolder', run.servers.folder);
  return () => {
    run.users -= 1;
    if (run.users > 0) return;
    delete shared[RUN];
    run.servers.stop();
  };
}

function begin(): Run {
  const servers = new TestServers();
  process.once('exit', () => servers.stop());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      servers.stop();
      process.exit(130);
    });
  }
  return { servers, addresses: servers.start(), users: 0 };
}
