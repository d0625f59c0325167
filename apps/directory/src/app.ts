import { setTimeout as sleep } from 'node:timers/promises';
import { ControlView, ensureControlTopics, Outbox } from '#control';
import { KafkaProducer, TopicAdmin } from '#kafka';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { ExpirySweeper } from './agreements/expiry-sweeper.js';
import { AppModule, type Resources } from './app.module.js';
import { readBootstrapFile } from './bootstrap/bootstrap-file.js';
import { BootstrapService } from './bootstrap/bootstrap.service.js';
import { RepublishService } from './bootstrap/republish.service.js';
import { DIRECTORY_SETTINGS } from './config.js';
import { dataSourceOptions, MIGRATIONS, SCHEMA } from './data-source.js';
import { Closing } from './runtime/closing.js';
import { readOwnKey } from './runtime/own-key.js';
import { mountProvider } from './tokens/mount.js';
import { createProvider } from './tokens/provider.js';
import { ReplayAdapter } from './tokens/replay-adapter.js';
import { TokenKeysService } from './tokens/token-keys.service.js';

const TOPIC_ATTEMPTS = 5;
const TOPIC_PAUSE_MS = 500;

/** Starts the directory: schema, control topics, own keys, bootstrap, then HTTP. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readConfig(env, DIRECTORY_SETTINGS);
  const logger = createLogger('directory', config.logLevel);
  const signer = new EvidenceSigner(`${config.bus}:directory`, readOwnKey(config.keyFile));
  const file = config.bootstrapFile === undefined ? undefined : readBootstrapFile(config.bootstrapFile);
  const kafka = { brokers: config.kafkaBrokers, clientId: 'wasl-directory' };
  const closing = new Closing();
  try {
    await migrate(config.databaseUrl, SCHEMA, MIGRATIONS);
    const source = await new DataSource(dataSourceOptions(config.databaseUrl)).initialize();
    closing.add(() => source.destroy());
    await ensureTopics(kafka);
    const pool = createPool(config.databaseUrl, SCHEMA, { max: 2, logger });
    closing.add(() => pool.end());
    const producer = new KafkaProducer(kafka);
    await producer.connect();
    closing.add(() => producer.disconnect());
    const outbox = new Outbox({ pool, schema: SCHEMA, producer, logger });
    closing.add(() => outbox.stop());
    const view = new ControlView(kafka, logger);
    closing.add(() => view.stop());
    await view.start();
    const resources: Resources = { config, logger, source, outbox, view, signer };
    return await bootService({
      name: 'directory',
      module: AppModule.with(resources),
      host: config.host,
      port: config.port,
      openapi: projectFile('apps/directory/openapi.yaml'),
      logger,
      processMetrics: config.processMetrics,
      bodyLimit: 128 * 1024,
      health: [databaseCheck(pool), controlViewCheck(view)],
      configure: async (fastify, app) => {
        outbox.start();
        await app.get(RepublishService).run(config.tokenIssuer);
        if (file) await app.get(BootstrapService).apply(file);
        await openTokens(fastify, app, resources);
        app.get(ExpirySweeper).start(config.sweepSeconds * 1000);
      },
      onClose: () => closing.run(),
    });
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/** A broker that has just begun may create a topic and not know it yet a moment later. */
async function ensureTopics(kafka: { brokers: string[]; clientId: string }): Promise<void> {
  const admin = new TopicAdmin(kafka);
  const config = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };
  for (let attempt = 1; ; attempt++) {
    try {
      await ensureControlTopics(admin);
      await admin.ensureTopics([{ topic: EVIDENCE_TOPIC, partitions: 3, config }]);
      return await admin.close();
    } catch (error) {
      if (attempt === TOPIC_ATTEMPTS) throw error;
      await sleep(TOPIC_PAUSE_MS);
    }
  }
}

async function openTokens(
  fastify: FastifyInstance,
  app: NestFastifyApplication,
  resources: Resources,
): Promise<void> {
  const { config, logger, source } = resources;
  const keys = await app.get(TokenKeysService).ensure(config.tokenIssuer);
  const replays = new ReplayAdapter(source);
  const options = { issuer: config.tokenIssuer, bus: config.bus, source, replays, keys, logger };
  await mountProvider(fastify, createProvider(options));
  const sweep = setInterval(() => {
    replays
      .sweep()
      .catch((error: unknown) => logger.warn({ err: error }, 'used assertions could not be swept'));
  }, 60_000).unref();
  fastify.addHook('onClose', () => clearInterval(sweep));
}
