import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupProblem } from './setup-problem.js';

export interface Options {
  /** Forget all state and begin anew. */
  fresh: boolean;
  /** End after the job; exit code 0 only if every figure is as expected. */
  once: boolean;
  help: boolean;
  /** Folder of all state. */
  state: string;
  /** Folder of what several runs may share (Kafka's jars). */
  cache: string;
  ports: Record<
    'gateway' | 'registry' | 'directory' | 'connector' | 'audit' | 'postgres' | 'kafka' | 'controller',
    number
  >;
}

export const HELP = `npm start                 start everything, run the job, stay up until Ctrl-C
npm start -- --fresh      forget all state and begin anew
npm start -- --once       end after the job; exit code 0 only if every figure is as expected

WASL_STATE     folder of all state (default .wasl/local)
WASL_PORT      first of eight ports in a row (default: 8080 to 8084, 54329, 19092, 19093)
DATABASE_URL   a running PostgreSQL, instead of the embedded one; its user must be allowed to create databases
KAFKA_BROKERS  a running Kafka, such as 127.0.0.1:9092, instead of the embedded one`;

function portsFrom(first: string | undefined): Options['ports'] {
  const well = [8080, 8081, 8082, 8083, 8084, 54329, 19092, 19093];
  const start = Number(first);
  if (first !== undefined && !(Number.isInteger(start) && start >= 1024 && start <= 65_528)) {
    throw new SetupProblem(
      `WASL_PORT is "${first}".`,
      'Give a whole number from 1024 to 65528, or leave it out.',
    );
  }
  const port = (index: number) => (first === undefined ? (well[index] ?? 0) : start + index);
  return {
    gateway: port(0),
    registry: port(1),
    directory: port(2),
    connector: port(3),
    audit: port(4),
    postgres: port(5),
    kafka: port(6),
    controller: port(7),
  };
}

/** @throws SetupProblem on an unknown option */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({ args, options: { fresh: flag, once: flag, help: flag }, strict: true });
    const state = env.WASL_STATE ?? join('.wasl', 'local');
    return { ...values, state, cache: join('.wasl', 'cache'), ports: portsFrom(env.WASL_PORT) };
  } catch (error) {
    if (error instanceof SetupProblem) throw error;
    throw new SetupProblem(error instanceof Error ? error.message : String(error), HELP);
  }
}
