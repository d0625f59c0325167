import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { SchemaWorkers } from '#contracts';
import { signingKeyFromJwk, type Jwk } from '#protocol';
import {
  bootService,
  controlViewCheck,
  createLogger,
  createPool,
  type Environment,
  EvidenceSigner,
  type Logger,
  migrate,
  projectFile,
  type RunningService,
} from '#service';
import { guardReads } from './access/guard-reads.js';
import { openAccess } from './access/open-access.js';
import { NoDirectory, waitingOutbox } from './alone.js';
import { AppModule } from './app.module.js';
import type { Bus } from './bus.js';
import { readRegistryConfig, type RegistryConfig } from './config.js';
import { toConfluentError } from './confluent/confluent-error.js';
import { routedUrl } from './confluent/context-url.js';
import { negotiateMediaTypes } from './confluent/media-types.js';
import { serveConfluent } from './confluent/routes.js';
import { ContractStore } from './contracts/contract-store.js';
import { refuseNul } from './contracts/refuse-nul.js';
import { PublicAddresses } from './exports/exports.controller.js';
import { CreateSchemaRegistry1764000000100 } from './migrations/1764000000100-create-schema-registry.js';
import { ContractGovernance1764000000200 } from './migrations/1764000000200-contract-governance.js';
import { ContextsAndSettings1796000000000 } from './migrations/1796000000000-contexts-and-settings.js';
import { ContractLifecycle1797000000000 } from './migrations/1797000000000-contract-lifecycle.js';
import { Associations1798000000000 } from './migrations/1798000000000-associations.js';
import { NumberedVersions1799000000000 } from './migrations/1799000000000-numbered-versions.js';
import { QuestionWorkers } from './schemas/compatibility.service.js';
import { DeletionListener } from './schemas/deletion-listener.js';
import { SchemaCache } from './schemas/schema-cache.js';
import { SchemaStore } from './schemas/schema-store.js';
import type { Announcements } from './transactions.js';
import { writableDatabaseCheck } from './writable-check.js';

export const SCHEMA = 'schema_registry';
export const MIGRATIONS = [
  CreateSchemaRegistry1764000000100,
  ContractGovernance1764000000200,
  ContextsAndSettings1796000000000,
  ContractLifecycle1797000000000,
  Associations1798000000000,
  NumberedVersions1799000000000,
];

const PROJECT = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };

type Opened = (() => unknown)[];

/** Starts the schema registry: database schema, then the bus if it serves one, then HTTP. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readRegistryConfig(env);
  const logger = createLogger('schema-registry', config.logLevel);
  const signer = config.keyFile
    ? new EvidenceSigner(`${config.bus}:schema-registry`, readOwnKey(config.keyFile))
    : undefined;
  const opened: Opened = [];
  const close = async () => {
    for (let step = opened.pop(); step; step = opened.pop()) await step();
  };
  try {
    await migrate(config.databaseUrl, SCHEMA, MIGRATIONS);
    const pool = createPool(config.databaseUrl, SCHEMA, { logger });
    opened.push(() => pool.end());
    const store = new SchemaStore(pool);
    const cache = new SchemaCache(store, config.cacheMebibytes << 20);
    const workers = new SchemaWorkers();
    const questions = new QuestionWorkers();
    opened.push(() => Promise.all([workers.close(), questions.close()]));
    const listener = new DeletionListener(config.databaseUrl, SCHEMA, cache, logger);
    opened.push(() => listener.stop());
    listener.start();
    const contracts = new ContractStore(pool);
    const bus = await openBus(config, pool, logger, opened);
    const access = openAccess({ config, contracts, view: bus?.view, logger, opened });
    return await bootService({
      name: 'schema-registry',
      module: AppModule.with({
        pool,
        announcements: announcementsOf(config, pool, bus, signer),
        logger,
        directory: bus?.view ?? new NoDirectory(),
        store,
        cache,
        workers,
        questions,
        contracts,
        access,
        addresses: new PublicAddresses(config.publicUrl, config.publicKafka),
      }),
      host: config.host,
      port: config.port,
      openapi: projectFile('apps/schema-registry/openapi.yaml'),
      logger,
      processMetrics: config.processMetrics,
      health: [writableDatabaseCheck(pool), ...(bus ? [controlViewCheck(bus.view)] : [])],
      mapError: toConfluentError,
      rewriteUrl: routedUrl,
      configure: (fastify, app) => {
        negotiateMediaTypes(fastify);
        guardReads(fastify, access);
        refuseNul(fastify);
        serveConfluent(fastify, app, { clusterId: config.bus, version: PROJECT.version });
        fastify.addHook('onSend', (_request, reply, payload, done) => {
          if (reply.statusCode === 401) void reply.header('www-authenticate', access.challenge);
          done(null, payload);
        });
      },
      onClose: close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

/** The bus, if the registry serves one: only then its clients are loaded. */
async function openBus(
  { kafkaBrokers }: RegistryConfig,
  pool: Pool,
  logger: Logger,
  opened: Opened,
): Promise<Bus | undefined> {
  if (!kafkaBrokers) {
    logger.info('no KAFKA_BROKERS: the registry runs alone');
    return undefined;
  }
  const { connectBus } = await import('./bus.js');
  const kafka = { brokers: kafkaBrokers, clientId: 'wasl-schema-registry' };
  return connectBus(kafka, { pool, schema: SCHEMA, logger, opened });
}

function announcementsOf(
  config: RegistryConfig,
  pool: Pool,
  bus: Bus | undefined,
  signer: EvidenceSigner | undefined,
): Announcements | undefined {
  if (!signer || (!bus && config.outbox === 'off')) return undefined;
  return { signer, outbox: bus?.outbox ?? waitingOutbox(pool, SCHEMA) };
}

function readOwnKey(file: string) {
  try {
    return signingKeyFromJwk(JSON.parse(readFileSync(file, 'utf8')) as Jwk);
  } catch (cause) {
    throw new Error(`WASL_KEY_FILE ${file} holds no usable private JWK`, { cause });
  }
}
