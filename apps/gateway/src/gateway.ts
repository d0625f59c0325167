import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { ControlView } from '#control';
import { KafkaProducer, PartitionReader, TopicAdmin, type KafkaSettings } from '#kafka';
import { signingKeyFromJwk, WaslError, type Jwk } from '#protocol';
import { createPool, EvidenceSigner, type Logger } from '#service';
import { Acknowledgements } from './acknowledgement/acknowledgements.js';
import { AcknowledgementStore } from './acknowledgement/acknowledgement.store.js';
import { DeliveredRange } from './acknowledgement/delivered-range.js';
import type { GatewayConfig } from './config.js';
import { DataTopics } from './data-topics.js';
import { Feed } from './delivery/feed.js';
import { PageReader } from './delivery/page-reader.js';
import { QuotaStore } from './delivery/quota.store.js';
import { Rights } from './delivery/rights.js';
import { SystemKeys } from './delivery/system-keys.js';
import { Tail } from './delivery/tail.js';
import { EvidenceLog } from './evidence/evidence-log.js';
import { Refusals } from './evidence/refusals.js';
import { TokenBuckets } from './evidence/token-bucket.js';
import { Housekeeping } from './housekeeping.js';
import { Admission } from './intake/admission.js';
import { SubmissionCommitter } from './intake/committer.js';
import { ContractVersions } from './intake/contract-versions.js';
import { Intake } from './intake/intake.js';
import { SubmissionStore } from './intake/submission.store.js';
import { GatewayMetrics } from './metrics.js';
import { Deprecations } from './lifecycle/deprecations.js';
import { UseMeter } from './lifecycle/use-meter.js';
import { OwnKey } from './own-key.js';
import { Signatories } from './signatories.js';

export const GATEWAY_SCHEMA = 'gateway';

/** A batch of Kafka holds 1 MiB at most, and all messages of ours may fall into one partition. */
const BATCH_BYTES = 900_000;
/** Refused rather than kept waiting: callers repeat, nothing is lost. */
const KAFKA_PATIENCE_MS = 8_000;

/** The parts of a gateway, wired. */
export class Gateway {
  readonly pool: Pool;
  readonly view: ControlView;
  readonly producer: KafkaProducer;
  readonly signer: EvidenceSigner;
  readonly topics: DataTopics;
  readonly submissions: SubmissionStore;
  readonly committer: SubmissionCommitter;
  readonly intake: Intake;
  readonly refusals: Refusals;
  readonly feed: Feed;
  readonly deprecations: Deprecations;
  readonly acknowledgements: Acknowledgements;
  readonly evidence: EvidenceLog;
  readonly pageReader: PartitionReader;
  readonly ownKey: OwnKey;
  private readonly ackReader: PartitionReader;
  private readonly tail: Tail;
  private readonly housekeeping: Housekeeping;
  private readonly use: UseMeter;

  constructor(
    readonly config: GatewayConfig,
    private readonly logger: Logger,
    metricsRegistry: Registry,
  ) {
    const kafka: KafkaSettings = {
      brokers: config.kafkaBrokers,
      clientId: 'wasl-gateway',
      logger,
      patienceMs: KAFKA_PATIENCE_MS,
    };
    const key = signingKeyFromJwk(JSON.parse(readFileSync(config.keyFile, 'utf8')) as Jwk);
    this.pool = createPool(config.databaseUrl, GATEWAY_SCHEMA, { logger, statementTimeoutMs: 10_000 });
    this.view = new ControlView(kafka, logger);
    this.producer = new KafkaProducer(kafka);
    this.signer = new EvidenceSigner(`${config.bus}:gateway`, key);
    this.ownKey = new OwnKey(this.view, key.kid, this.signer.issuer);
    this.topics = new DataTopics(this.view, new TopicAdmin(kafka), logger);
    this.pageReader = new PartitionReader(kafka);
    this.ackReader = new PartitionReader(kafka);

    const metrics: GatewayMetrics = new GatewayMetrics(metricsRegistry, {
      pending: () => this.intake.pending,
      waiting: () => this.tail.waiting,
    });
    const signatories = new Signatories(this.view);
    const rights = new Rights(this.view, signatories, new SystemKeys(this.view));
    this.evidence = new EvidenceLog(this.producer, config.maxPending);
    this.refusals = new Refusals(
      this.ownKey,
      this.signer,
      this.evidence,
      new TokenBuckets(config.refusalsPerMinute),
      new TokenBuckets(config.refusalsPerSender),
    );

    this.submissions = new SubmissionStore(this.pool);
    this.committer = new SubmissionCommitter(
      this.submissions,
      this.producer,
      this.ownKey,
      this.signer,
      this.topics,
      metrics,
      logger,
    );
    this.use = new UseMeter(this.producer, logger);
    this.deprecations = new Deprecations(this.view);
    const admission = new Admission(this.view, signatories, new ContractVersions(this.view), config.bus);
    this.intake = new Intake(
      admission,
      this.committer,
      this.refusals,
      this.topics,
      metrics,
      {
        records: config.batchRecords,
        bytes: BATCH_BYTES,
        lingerMs: config.lingerMs,
        inFlight: config.batchesInFlight,
        pending: config.maxPending,
      },
      this.use,
    );

    this.tail = new Tail(kafka, config.maxWaiting, logger);
    this.feed = new Feed(
      rights,
      this.topics,
      new PageReader(this.pageReader),
      this.tail,
      new QuotaStore(this.pool),
      metrics,
      this.deprecations,
      this.use,
    );
    this.acknowledgements = new Acknowledgements(
      config.bus,
      signatories,
      rights,
      new DeliveredRange(this.ackReader),
      new AcknowledgementStore(this.pool),
      this.ownKey,
      this.signer,
      this.evidence,
      this.refusals,
    );
    this.housekeeping = new Housekeeping(this.committer, this.submissions, config.retentionDays, logger);
    this.view.onChange(() => this.tail.rightsChanged());
  }

  async start(): Promise<void> {
    try {
      await this.view.start({ waitMs: this.config.controlWaitMs });
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      this.logger.warn({ err: error }, 'the control topics are not there yet; not ready until they are');
    }
    await this.producer.connect().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'Kafka does not answer yet');
    });
    await this.topics.ensure().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'topics could not be created yet');
    });
    this.topics.start();
    this.housekeeping.start();
    this.use.start();
  }

  /** @throws WaslError unavailable: nothing can be decided, or nothing signed, for now */
  requireAble(now: Date): void {
    // Half a view would refuse for good what is only not known yet.
    if (!this.view.ready) {
      throw new WaslError('unavailable', 'the gateway is still starting', { retryAfterSeconds: 1 });
    }
    this.ownKey.requireInForce(now);
  }

  /** Before the last request ends: lets waiting callers go. */
  async stopWaiting(): Promise<void> {
    await this.tail.stop();
  }

  /** After the last request: what was taken is finished, then everything is closed. */
  async close(): Promise<void> {
    await this.tail.stop();
    await this.intake.drain();
    await this.evidence.drain();
    await this.use.stop();
    await this.topics.stop();
    await this.housekeeping.stop();
    await this.view.stop();
    await this.producer.disconnect();
    await this.pageReader.close();
    await this.ackReader.close();
    await this.pool.end();
  }
}
