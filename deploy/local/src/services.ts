import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningService } from '#service';
import { keyFile, type Installation } from './installation.js';
import type { Options } from './options.js';
import { BUS } from './population.js';
import { requireFreePort } from './ports.js';

type Env = Record<string, string | undefined>;
interface App {
  start(env: Env): Promise<RunningService>;
}

export const SERVICES = ['directory', 'schema-registry', 'gateway', 'audit', 'connector'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Addresses of an installation, as `wasl` reads them from environment.json. */
export interface Environment {
  format: 'wasl-environment/1';
  bus: string;
  gateway: string;
  registry: string;
  directory: string;
  connector: string;
  audit: string;
  keys: string;
  /** Connection string of the services' database, for whoever runs one of them by hand. */
  database?: string;
}

const LOCAL = '127.0.0.1';

/** Writes environment.json, readable by its owner alone: it holds the password of the local database. */
export function writeEnvironment(options: Options, database?: string): Environment {
  const { ports, state } = options;
  const environment: Environment = {
    format: 'wasl-environment/1',
    bus: BUS,
    gateway: `http://${LOCAL}:${ports.gateway}`,
    registry: `http://${LOCAL}:${ports.registry}`,
    directory: `http://${LOCAL}:${ports.directory}`,
    connector: `http://${LOCAL}:${ports.connector}`,
    audit: `http://${LOCAL}:${ports.audit}`,
    keys: 'keys',
    ...(database ? { database } : {}),
  };
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'environment.json'), JSON.stringify(environment, null, 2) + '\n', {
    mode: 0o600,
  });
  return environment;
}

/** Environment variables of each service: what an operator would set for it, were it to run alone. */
export function serviceSettings(
  options: Options,
  installation: Installation,
  environment: Environment,
  brokers: string[],
  databaseUrl: string,
  secrets: Env,
): Record<ServiceName, Env> {
  const { ports } = options;
  const common = (name: ServiceName, port: number): Env => ({
    HOST: LOCAL,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers.join(','),
    WASL_BUS: BUS,
    WASL_KEY_FILE: keyFile(installation, `${BUS}:${name}`),
    WASL_TOKEN_ISSUER: environment.directory,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  });
  return {
    directory: {
      ...common('directory', ports.directory),
      DIRECTORY_BOOTSTRAP_FILE: installation.bootstrapFile,
    },
    'schema-registry': common('schema-registry', ports.registry),
    gateway: common('gateway', ports.gateway),
    audit: {
      ...common('audit', ports.audit),
      AUDIT_ORIGIN: 'dz.wasl/audit/2026',
      AUDIT_LOG_KEY_FILE: installation.logKeyFile,
      AUDIT_GUARD_FILE: join(options.state, 'audit-guard.note'),
    },
    connector: {
      ...common('connector', ports.connector),
      CONNECTOR_KEYS_DIR: installation.keys,
      GATEWAY_URL: environment.gateway,
      ...secrets,
    },
  };
}

/** @throws SetupProblem when another process holds a port that a service needs */
export async function requireServicePorts({ ports }: Options): Promise<void> {
  const { gateway, registry, directory, connector, audit } = ports;
  for (const [name, port] of Object.entries({ gateway, registry, directory, connector, audit })) {
    await requireFreePort(port, `the service "${name}"`, 'choose other ports: WASL_PORT=20000 npm start');
  }
}

/** Starts all services in this process; when one fails, those that run are stopped again. */
export async function startServices(settings: Record<ServiceName, Env>): Promise<RunningService[]> {
  const outcomes = await Promise.allSettled(
    SERVICES.map(async (name) => {
      const url = new URL(`../../../apps/${name}/src/app.js`, import.meta.url);
      const app = (await import(url.href)) as App;
      return app.start(settings[name]);
    }),
  );
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stopServices(running);
    throw failed.reason;
  }
  return running;
}

/** Stops what takes work in before what carries it on. */
export async function stopServices(services: RunningService[]): Promise<void> {
  const order = ['connector', 'gateway', 'audit', 'schema-registry', 'directory'];
  for (const service of [...services].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))) {
    await service
      .close()
      .catch((error: unknown) => console.error(`${service.name} did not stop cleanly:`, error));
  }
}
