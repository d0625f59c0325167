import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { uuidUrn } from '#protocol';
import { EvidenceSigner, type Logger } from '#service';
import { In, LessThanOrEqual } from 'typeorm';
import { Changes } from '../changes/changes.service.js';
import { LOGGER } from '../runtime/tokens.js';
import { AgreementEntity } from './agreement.entity.js';
import { expireAgreement } from './agreement-states.js';
import { agreementRecord, applyState, stateOf } from './agreement-view.js';

const BATCH = 100;

/**
 * Publishes that agreements have ended. The data plane checks the period itself, so a late sweep lets
 * nothing through: it is for the views, the evidence and the people.
 */
@Injectable()
export class ExpirySweeper implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly changes: Changes,
    private readonly signer: EvidenceSigner,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(everyMs: number): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.sweepAll());
    }, everyMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async sweepAll(): Promise<void> {
    try {
      while ((await this.sweep()) === BATCH);
    } catch (error) {
      this.logger.warn({ err: error }, 'agreements could not be expired, trying again');
    }
  }

  /** Expires up to a batch of agreements; several instances share the work by skipping locked rows. */
  sweep(): Promise<number> {
    return this.changes.run(async (change) => {
      const { manager, at } = change;
      const rows = await manager.find(AgreementEntity, {
        where: { status: In(['requested', 'approved', 'suspended']), notAfter: LessThanOrEqual(at) },
        order: { notAfter: 'asc' },
        take: BATCH,
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const row of rows) {
        const next = expireAgreement(stateOf(row), at);
        if (!next) continue;
        const saved = await manager.save(applyState(row, next, at));
        const details = { consumer: row.consumer, topic: row.topic, notAfter: row.notAfter.toISOString() };
        const act = {
          event: 'AgreementExpired',
          subject: uuidUrn(row.id),
          by: this.signer.issuer,
          details,
        } as const;
        change.tell(agreementRecord(saved), act);
      }
      return rows.length;
    });
  }
}
