import type { Logger } from '#service';
import type { CheckpointSigner } from './ledger/checkpoint-signer.js';
import { LedgerFrozen } from './ledger/frozen.js';
import type { AuditMetrics } from './metrics.js';
import type { Projector } from './projection/projector.js';
import type { Lease } from './sequencer/lease.js';
import type { Sequencer } from './sequencer/sequencer.js';

export interface LeaderParts {
  lease: Lease;
  sequencer: Sequencer;
  signer: CheckpointSigner;
  projector: Projector;
  metrics: AuditMetrics;
  logger: Logger;
  checkpointIntervalMs: number;
}

type State = 'standby' | 'leading' | 'frozen' | 'stopped';

/** What only one instance does: append, sign, project. Others stand by for the lease and serve reads. */
export class Leader {
  private state: State = 'standby';
  private failure: Error | undefined;
  private timer: NodeJS.Timeout | undefined;
  private signing: Promise<void> = Promise.resolve();
  /** Gaining and losing the lease may follow each other closely; their work never overlaps. */
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly parts: LeaderParts) {}

  start(): void {
    this.parts.lease.start(
      () => this.queue(async () => this.lead()),
      () => this.queue(() => this.standBy('standby')),
    );
  }

  async stop(): Promise<void> {
    this.queue(() => this.standBy('stopped'));
    await this.turn;
    await this.parts.lease.stop();
  }

  /** @throws why this instance can't do its job: the guard refused, or the last checkpoint failed */
  assertHealthy(): void {
    if (this.failure) throw this.failure;
  }

  private queue(step: () => Promise<void>): void {
    this.turn = this.turn
      .then(step)
      .catch((error: unknown) => this.parts.logger.error({ err: error }, 'changing the leadership failed'));
  }

  private lead(): void {
    if (this.state !== 'standby') return;
    this.state = 'leading';
    this.parts.metrics.leader.set(1);
    this.parts.logger.info('this instance leads: it appends and signs');
    this.parts.projector.start();
    this.signAgain(0);
  }

  private async standBy(state: 'standby' | 'stopped'): Promise<void> {
    clearTimeout(this.timer);
    this.parts.metrics.leader.set(0);
    if (this.state !== 'frozen' || state === 'stopped') this.state = state;
    await this.signing;
    await this.parts.sequencer.stop();
    await this.parts.projector.stop();
  }

  private signAgain(inMs: number): void {
    this.timer = setTimeout(() => {
      this.signing = this.sign().finally(() => {
        if (this.state === 'leading') this.signAgain(this.parts.checkpointIntervalMs);
      });
    }, inMs);
  }

  private async sign(): Promise<void> {
    const { signer, sequencer, metrics, logger } = this.parts;
    try {
      const size = await signer.sign();
      this.failure = undefined;
      // Only after the guard was asked: a restored backup must not grow another branch.
      if (this.state === 'leading') sequencer.start();
      if (size === undefined) return;
      metrics.publishedSize.set(size);
      metrics.checkpointTime.set(Date.now() / 1000);
      logger.debug({ size }, 'signed a checkpoint');
    } catch (error) {
      this.failure = error as Error;
      if (error instanceof LedgerFrozen) this.freeze(error);
      else logger.error({ err: error }, 'signing a checkpoint failed');
    }
  }

  private freeze(error: LedgerFrozen): void {
    this.state = 'frozen';
    this.parts.metrics.frozen.set(1);
    this.parts.metrics.leader.set(0);
    this.parts.logger.fatal(error.message);
    clearTimeout(this.timer);
    // Another instance that has the right guard may take over; this one waits for its operator.
    void this.parts.sequencer.stop();
    void this.parts.projector.stop();
    void this.parts.lease.stop();
  }
}
