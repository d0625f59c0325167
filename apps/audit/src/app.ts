import { readFileSync } from 'node:fs';
import { ControlView, ensureControlTopics } from '#control';
import { KafkaProducer, PartitionReader, TopicAdmin } from '#kafka';
import { noteSigner, signingKeyFromJwk, type Jwk, type SigningKey } from '#protocol';
import {
  bootService,
  controlViewCheck,
  createLogger,
  createMetrics,
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
import { AUDIT_SETTINGS } from './config.js';
import { AUDIT_MIGRATIONS, AUDIT_SCHEMA } from './database.js';
import { AuditTrail } from './exchanges/audit-trail.js';
import { EvidenceAccess } from './exchanges/evidence-access.js';
import { ExchangeSearch } from './exchanges/exchange-search.js';
import { CheckpointSigner } from './ledger/checkpoint-signer.js';
import { CheckpointStore } from './ledger/checkpoint-store.js';
import { EntryStore } from './ledger/entry-store.js';
import { GuardFile } from './ledger/guard-file.js';
import { ensureHead } from './ledger/head.js';
import { LOG_SIGNER } from './ledger/log.controller.js';
import { Prover } from './ledger/prover.js';
import { TileStore } from './ledger/tile-store.js';
import { Leader } from './leader.js';
import { AuditMetrics } from './metrics.js';
import { Projector } from './projection/projector.js';
import { EvidenceCheck } from './sequencer/evidence-check.js';
import { Lease } from './sequencer/lease.js';
import { LedgerWriter } from './sequencer/ledger-writer.js';
import { RecordSource } from './sequencer/record-source.js';
import { Sequencer } from './sequencer/sequencer.js';

/** Starts the audit service: migrations, then reading and appending as soon as it leads, then HTTP. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readConfig(env, AUDIT_SETTINGS);
  const logger = createLogger('audit', config.logLevel);
  const metrics = createMetrics('audit', config.processMetrics);
  const auditMetrics = new AuditMetrics(metrics);
  const key = readKey(config.keyFile);
  const logSigner = noteSigner(config.origin, readKey(config.logKeyFile));
  const kafka = { brokers: config.kafkaBrokers, clientId: 'wasl-audit', logger };

  await migrate(config.ownerDatabaseUrl ?? config.databaseUrl, AUDIT_SCHEMA, AUDIT_MIGRATIONS);
  const pool = createPool(config.databaseUrl, AUDIT_SCHEMA, { logger });
  const writePool = createPool(config.databaseUrl, AUDIT_SCHEMA, { logger, max: 3 });
  await ensureHead(pool, config.origin);
  const admin = new TopicAdmin(kafka);
  await admin.ensureTopics([{ topic: EVIDENCE_TOPIC, partitions: 3, config: EVIDENCE_TOPIC_CONFIG }]);
  await ensureControlTopics(admin);
  await admin.close();

  const view = new ControlView(kafka, logger);
  // It carries AuditQuery evidence only, and whoever asks waits for it.
  const producer = new KafkaProducer({ ...kafka, patienceMs: 3_000 });
  const reader = new PartitionReader(kafka);
  await Promise.all([view.start(), producer.connect(), reader.connect()]);

  const tiles = new TileStore(pool);
  const checkpoints = new CheckpointStore(pool);
  const entries = new EntryStore(pool);
  const trail = new AuditTrail(new EvidenceSigner(`${config.bus}:audit`, key), producer);
  const projector = new Projector(writePool, logger, auditMetrics);
  const sequencer = new Sequencer({
    pool: writePool,
    source: new RecordSource(
      reader,
      () => [EVIDENCE_TOPIC, ...view.contracts().map(({ topic }) => topic)],
      { entries: config.batchEntries, waitMs: config.batchWaitMs },
      logger,
    ),
    check: new EvidenceCheck(view, config.bus, config.verifyEvidence),
    writer: new LedgerWriter(writePool),
    metrics: auditMetrics,
    logger,
  });
  const leader = new Leader({
    lease: new Lease(config.databaseUrl, logger),
    sequencer,
    signer: new CheckpointSigner(pool, tiles.read, checkpoints, new GuardFile(config.guardFile), logSigner),
    projector,
    metrics: auditMetrics,
    logger,
    checkpointIntervalMs: config.checkpointIntervalMs,
  });
  const unsubscribe = view.onChange(() => sequencer.keysChanged());
  leader.start();

  const module = AppModule.with(view, config, [
    { provide: LOG_SIGNER, useValue: logSigner },
    { provide: TileStore, useValue: tiles },
    { provide: CheckpointStore, useValue: checkpoints },
    { provide: EntryStore, useValue: entries },
    { provide: Prover, useValue: new Prover(checkpoints, tiles.read) },
    { provide: AuditTrail, useValue: trail },
    { provide: EvidenceAccess, useValue: new EvidenceAccess(entries, trail) },
    { provide: ExchangeSearch, useValue: new ExchangeSearch(pool) },
  ]);
  return bootService({
    name: 'audit',
    module,
    host: config.host,
    port: config.port,
    openapi: projectFile('apps/audit/openapi.yaml'),
    logger,
    metrics,
    health: [
      databaseCheck(pool),
      controlViewCheck(view),
      { name: 'ledger', check: () => leader.assertHealthy() },
    ],
    onClose: async () => {
      unsubscribe();
      await leader.stop();
      await reader.close();
      await Promise.all([view.stop(), producer.disconnect()]);
      await Promise.all([pool.end(), writePool.end()]);
    },
  });
}

/** Evidence is never deleted by time or size; its order within a subject matters, so no compaction. */
const EVIDENCE_TOPIC_CONFIG = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

function readKey(file: string): SigningKey {
  return signingKeyFromJwk(JSON.parse(readFileSync(file, 'utf8')) as Jwk);
}
