import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from '#service';
import type { AuditMetrics } from '../metrics.js';
import { candidateOf, PASSING_REASONS, type Quarantined, type QuarantineReason } from './candidate.js';
import type { EvidenceCheck } from './evidence-check.js';
import { readOffsets } from './ledger-rows.js';
import { StaleTree, type Appended, type LedgerBatch, type LedgerWriter } from './ledger-writer.js';
import { passedQuarantine } from './quarantine.js';
import { gapRecord, type RecordSource, type SourceBatch } from './record-source.js';

const RETRY_MS = 300;
/** Read ahead of the one being committed, so that the thread pool always has signatures to verify. */
const PREPARED_BATCHES = 3;
const NOTHING: SourceBatch = { records: [], offsets: [], gaps: [] };

/** A checked batch, and how many changes of keys had been seen before the check. */
interface Prepared {
  batch: LedgerBatch;
  keyChanges: number;
}

const mayPass = ({ reason }: Quarantined) => PASSING_REASONS.includes(reason);

export interface SequencerParts {
  pool: Pool;
  source: RecordSource;
  check: EvidenceCheck;
  writer: LedgerWriter;
  metrics: AuditMetrics;
  logger: Logger;
}

/**
 * The leader's loop: records in, entries of the ledger out. The next batch is read and verified while
 * the last one is being committed. Any failure ends in starting over from what the database holds.
 */
export class Sequencer {
  private stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private recheck = true;
  /** Row of the quarantine up to which the pass under way has come. */
  private recheckedTo: string | undefined;
  private keyChanges = 0;
  /** Batches are read one after the other, while those before them are still being verified. */
  private reading: Promise<SourceBatch> = Promise.resolve(NOTHING);

  constructor(private readonly parts: SequencerParts) {}

  /** Does nothing if it runs already. */
  start(): void {
    if (this.loop) return;
    this.stopping = new AbortController();
    this.loop = this.run();
  }

  /** Resolves when the transaction in flight has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    this.loop = undefined;
  }

  /** A key became known or active: evidence held back for it may be entered now. */
  keysChanged(): void {
    this.keyChanges++;
    this.recheck = true;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    const { logger, metrics } = this.parts;
    while (!this.stopped) {
      try {
        await this.follow();
      } catch (error) {
        if (this.stopped) return;
        metrics.restarts.inc();
        if (error instanceof StaleTree) logger.warn(error.message);
        else logger.error({ err: error }, 'appending to the ledger failed; starting over from the database');
        await sleep(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async follow(): Promise<void> {
    const { pool, writer, source } = this.parts;
    await writer.load();
    // Whatever was held back by another leader, or by a commit whose answer was lost, is looked at again.
    this.recheck = true;
    this.recheckedTo = undefined;
    source.seek(await readOffsets(pool));
    this.reading = Promise.resolve(NOTHING);
    const prepared = Array.from({ length: PREPARED_BATCHES }, () => this.prepareAhead());
    try {
      while (!this.stopped) {
        const { batch, keyChanges } = await prepared[0]!;
        void prepared.shift();
        prepared.push(this.prepareAhead());
        if (batch.offsets.length > 0) this.report(await writer.append(batch));
        // Checked ahead: the pass that the new key began may have been over before these rows were stored.
        if (keyChanges !== this.keyChanges && batch.quarantined.some(mayPass)) this.recheck = true;
        if (this.recheck || this.recheckedTo !== undefined) await this.release();
      }
    } finally {
      await Promise.allSettled(prepared);
    }
  }

  /** Its failure is seen when its turn comes, or not at all if an earlier one ends the round. */
  private prepareAhead(): Promise<Prepared> {
    const prepared = this.prepare();
    void prepared.catch(() => undefined);
    return prepared;
  }

  private async prepare(): Promise<Prepared> {
    const { source, check, metrics } = this.parts;
    const reading = this.reading.then(() => (this.stopped ? NOTHING : source.next()));
    this.reading = reading;
    const { records, offsets, gaps } = await reading;
    metrics.lag.set(source.lag);
    const { keyChanges } = this;
    const { entries, quarantined } = await check.check(records.map(candidateOf));
    const batch: LedgerBatch = {
      entries,
      quarantined: [...quarantined, ...gaps.map(gapRecord)],
      offsets: [
        ...offsets,
        ...gaps.map(({ topic, partition, resumedAt }) => ({ topic, partition, next: resumedAt })),
      ],
      released: [],
    };
    return { batch, keyChanges };
  }

  /** One page of the quarantine, so that new records need not wait for the whole of it. */
  private async release(): Promise<void> {
    const { pool, check, writer, logger } = this.parts;
    if (this.recheckedTo === undefined) this.recheck = false;
    const { batch, next } = await passedQuarantine(pool, check, this.recheckedTo ?? '0');
    this.recheckedTo = next;
    if (batch.entries.length === 0) return;
    this.report(await writer.append(batch));
    logger.info({ entries: batch.entries.length }, 'evidence held back in quarantine was entered');
  }

  private report({ count, duplicates, quarantined }: Appended): void {
    const { metrics, writer, logger } = this.parts;
    metrics.entries.inc(count);
    metrics.duplicates.inc(duplicates);
    metrics.size.set(writer.size);
    const byReason = new Map<QuarantineReason, Quarantined[]>();
    for (const record of quarantined) {
      const same = byReason.get(record.reason);
      if (same) same.push(record);
      else byReason.set(record.reason, [record]);
    }
    // One line a batch and reason: whoever floods Kafka with nonsense must not flood the log as well.
    for (const [reason, records] of byReason) {
      metrics.quarantined.inc({ reason }, records.length);
      const { topic, partition, offset, detail } = records[0]!;
      const first = { topic, partition, offset: String(offset), detail };
      logger.error({ reason, records: records.length, first }, 'records went to quarantine');
    }
  }
}
