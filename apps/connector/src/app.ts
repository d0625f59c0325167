import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { v7 } from 'uuid';
import { ControlView, Outbox } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { signingKeyFromJwk, type Jwk } from '#protocol';
import {
  bootService,
  controlViewCheck,
  createLogger,
  createMetrics,
  createPool,
  databaseCheck,
  EvidenceSigner,
  migrate,
  projectFile,
  readConfig,
  type Environment,
  type RunningService,
} from '#service';
import { CONNECTOR_SETTINGS, type ConnectorServiceConfig } from './config.js';
import { Secrets } from './configuration/secret-reference.js';
import { ConnectorModule } from './connector.module.js';
import { connectError } from './connectors/connect-shapes.js';
import { ConnectorRepository } from './connectors/connector.repository.js';
import { ConnectorService } from './connectors/connector.service.js';
import { OffsetReader } from './connectors/offset-reader.js';
import { ConnectorMetrics } from './metrics.js';
import { MIGRATIONS, SCHEMA } from './migrations.js';
import { ProgressStore } from './progress/progress-store.js';
import { LeaseStore } from './worker/lease-store.js';
import { makeTask, type TaskResources } from './worker/make-task.js';
import { SystemKeys } from './worker/system-keys.js';
import { TrustedKeys } from './worker/trusted-keys.js';
import { Worker } from './worker/worker.js';

/** Starts the connector service. Secrets that connectors refer to are read from the same `env`. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readConfig(env, CONNECTOR_SETTINGS);
  const logger = createLogger('connector', config.logLevel);
  const signer = new EvidenceSigner(`${config.bus}:connector`, readOwnKey(config.keyFile));
  await migrate(config.databaseUrl, SCHEMA, MIGRATIONS);
  const kafka = { brokers: config.kafkaBrokers, clientId: 'wasl-connector', logger };
  const pool = createPool(config.databaseUrl, SCHEMA, { logger });
  const producer = new KafkaProducer(kafka);
  const outbox = new Outbox({ pool, schema: SCHEMA, producer, logger });
  const view = new ControlView(kafka, logger);
  const metrics = createMetrics('connector', config.processMetrics);
  const repository = new ConnectorRepository(pool);
  const secrets = new Secrets(env);
  const specsDir = config.specsDir ?? projectFile('registry-specs');
  const resources: TaskResources = {
    specsDir,
    gatewayUrl: config.gatewayUrl,
    tokenIssuer: config.tokenIssuer,
    directoryUrl: config.directoryUrl ?? config.tokenIssuer,
    bus: config.bus,
    view,
    keys: new SystemKeys(config.keysDir),
    trusted: new TrustedKeys(view, config.bus),
    secrets,
    progress: new ProgressStore(pool, outbox, new ConnectorMetrics(metrics, pool)),
    logger,
  };
  const worker = makeWorker(config, pool, resources);
  const admin = new TopicAdmin(kafka);
  const service = new ConnectorService({ pool, repository, outbox, signer, admin, view, worker, specsDir });
  const close = async (): Promise<void> => {
    await worker.stop();
    await outbox.stop();
    await view.stop();
    await producer.disconnect();
    await pool.end();
  };
  const running = await bootService({
    name: 'connector',
    module: ConnectorModule.with({
      view,
      issuer: config.tokenIssuer,
      bus: config.bus,
      service,
      repository,
      offsets: new OffsetReader(repository, secrets, specsDir),
    }),
    host: config.host,
    port: config.port,
    openapi: projectFile('apps/connector/openapi.yaml'),
    logger,
    metrics,
    mapError: connectError,
    bodyLimit: 128 * 1024,
    health: [databaseCheck(pool), controlViewCheck(view)],
    configure: async () => {
      await producer.connect();
      outbox.start();
      await view.start();
      worker.start();
    },
    onClose: close,
  });
  return running;
}

function makeWorker(
  config: ConnectorServiceConfig,
  pool: ReturnType<typeof createPool>,
  resources: TaskResources,
): Worker {
  const id = `${hostname()}:${v7()}`;
  return new Worker({
    leases: new LeaseStore(pool, id, config.leaseTtlMs),
    makeTask: (lease, listeners) => makeTask(resources, lease, listeners),
    logger: resources.logger,
    heartbeatMs: config.heartbeatMs,
    leaseTtlMs: config.leaseTtlMs,
  });
}

function readOwnKey(file: string) {
  try {
    return signingKeyFromJwk(JSON.parse(readFileSync(file, 'utf8')) as Jwk);
  } catch (cause) {
    throw new Error(`WASL_KEY_FILE ${file} holds no usable private JWK`, { cause });
  }
}
