import { readFileSync } from 'node:fs';
import { ControlView, ensureControlTopics, Outbox } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import { signingKeyFromJwk, type Jwk, type SigningKey } from '#protocol';
import {
  bootService,
  controlViewCheck,
  createLogger,
  createPool,
  databaseCheck,
  EVIDENCE_TOPIC,
  EvidenceSigner,
  migrate,
  projectFile,
  readConfig,
  type Environment,
  type RunningService,
} from '#service';
import { AppModule } from './app.module.js';
import { REGISTRY_SETTINGS } from './config.js';
import { toConfluentError } from './confluent/confluent-error.js';
import { negotiateMediaTypes } from './confluent/media-types.js';
import { CreateSchemaRegistry1764000000100 } from './migrations/1764000000100-create-schema-registry.js';
import { ContractGovernance1764000000200 } from './migrations/1764000000200-contract-governance.js';

export const SCHEMA = 'schema_registry';
export const MIGRATIONS = [CreateSchemaRegistry1764000000100, ContractGovernance1764000000200];

/** Starts the schema registry: database schema, control topics, view of the directory, then HTTP. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readConfig(env, REGISTRY_SETTINGS);
  const logger = createLogger('schema-registry', config.logLevel);
  const signer = new EvidenceSigner(`${config.bus}:schema-registry`, readOwnKey(config.keyFile));
  const kafka = { brokers: config.kafkaBrokers, clientId: 'wasl-schema-registry' };
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let step = opened.pop(); step; step = opened.pop()) await step();
  };
  try {
    await migrate(config.databaseUrl, SCHEMA, MIGRATIONS);
    await ensureTopics(kafka);
    const pool = createPool(config.databaseUrl, SCHEMA, { logger });
    opened.push(() => pool.end());
    const producer = new KafkaProducer(kafka);
    await producer.connect();
    opened.push(() => producer.disconnect());
    const outbox = new Outbox({ pool, schema: SCHEMA, producer, logger });
    opened.push(() => outbox.stop());
    const view = new ControlView(kafka, logger);
    opened.push(() => view.stop());
    await view.start();
    outbox.start();
    return await bootService({
      name: 'schema-registry',
      module: AppModule.with({ config, pool, outbox, view, signer }),
      host: config.host,
      port: config.port,
      openapi: projectFile('apps/schema-registry/openapi.yaml'),
      logger,
      processMetrics: config.processMetrics,
      health: [databaseCheck(pool), controlViewCheck(view)],
      mapError: toConfluentError,
      configure: (fastify) => negotiateMediaTypes(fastify),
      onClose: close,
    });
  } catch (error) {
    await close();
    throw error;
  }
}

async function ensureTopics(kafka: { brokers: string[]; clientId: string }): Promise<void> {
  const admin = new TopicAdmin(kafka);
  await ensureControlTopics(admin);
  const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  await admin.ensureTopics([{ topic: EVIDENCE_TOPIC, partitions: 3, config }]);
}

function readOwnKey(file: string): SigningKey {
  try {
    return signingKeyFromJwk(JSON.parse(readFileSync(file, 'utf8')) as Jwk);
  } catch (cause) {
    throw new Error(`WASL_KEY_FILE ${file} holds no usable private JWK`, { cause });
  }
}
