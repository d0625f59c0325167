import { join } from 'node:path';
import pg from 'pg';
import { EmbeddedKafka } from './kafka.js';
import type { Options } from './options.js';
import { EmbeddedPostgres } from './postgres.js';
import type { Say } from './progress.js';
import { SetupProblem } from './setup-problem.js';

/** PostgreSQL and Kafka of this run, embedded or given. */
export interface Servers {
  brokers: string[];
  /** Connection string of a database, made when it is missing. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

async function givenDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${quoted(name)}`);
  } catch (cause) {
    throw new SetupProblem(
      `DATABASE_URL is set, but database "${name}" can't be reached or made there (${(cause as Error).message}).`,
      'Check address, password and the right to create databases, or unset DATABASE_URL for the embedded server.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  const target = new URL(url);
  target.pathname = `/${name}`;
  return target.href;
}

async function startPostgres({ state, ports }: Options, given: string | undefined, say: Say) {
  if (given) return { database: (name: string) => givenDatabase(given, name), stop: async () => undefined };
  const server = new EmbeddedPostgres({
    folder: join(state, 'postgres'),
    port: ports.postgres,
    progress: say,
  });
  await server.start();
  return { database: (name: string) => server.createDatabase(name), stop: () => server.stop() };
}

async function startKafka({ state, cache, ports }: Options, given: string | undefined, say: Say) {
  if (given) return { brokers: given.split(','), stop: async () => undefined };
  const { kafka: port, controller: controllerPort } = ports;
  const server = new EmbeddedKafka({
    folder: join(state, 'kafka'),
    cache,
    port,
    controllerPort,
    progress: say,
  });
  await server.start();
  return { brokers: server.brokers, stop: () => server.stop() };
}

/** @throws SetupProblem with the way out when one of the two can't run here */
export async function startServers(options: Options, env: NodeJS.ProcessEnv, say: Say): Promise<Servers> {
  const [postgres, kafka] = await Promise.allSettled([
    startPostgres(options, env.DATABASE_URL, say),
    startKafka(options, env.KAFKA_BROKERS, say),
  ]);
  const stop = async () => {
    if (kafka.status === 'fulfilled') await kafka.value.stop();
    if (postgres.status === 'fulfilled') await postgres.value.stop();
  };
  if (postgres.status === 'rejected' || kafka.status === 'rejected') {
    await stop();
    throw (
      postgres.status === 'rejected' ? postgres.reason : (kafka as PromiseRejectedResult).reason
    ) as Error;
  }
  say(
    `${env.DATABASE_URL ? 'given' : `port ${options.ports.postgres}`}, ${env.KAFKA_BROKERS ? 'given' : `port ${options.ports.kafka}`}`,
  );
  return { brokers: kafka.value.brokers, database: (name) => postgres.value.database(name), stop };
}
