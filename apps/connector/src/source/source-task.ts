import { pause } from '#client';
import type { SourceSettings } from '../configuration/connector-config.js';
import { openRegistryDatabase } from '../database/registry-database.js';
import type { Task, TaskContext } from '../worker/task.js';
import { publishChunk, type Publish } from './chunk-publisher.js';
import { rowPreparer, type PreparedRow } from './row-submission.js';
import { readSafeBound, watermarkBefore } from './safe-bound.js';
import { initialPosition, type SourcePosition } from './source-position.js';
import { SourceTable, type ChangePosition, type SourceRow } from './source-table.js';
import type { Pool } from 'pg';

/** Enough where all sessions are visible: covers the instant between a transaction's start and its showing. */
const VISIBLE_OVERLAP_MS = 2_000;

/** Reads a table, first in key order, then its changes by watermark, and publishes every row version once. */
export class SourceTask implements Task {
  constructor(
    private readonly settings: SourceSettings,
    private readonly context: TaskContext,
  ) {}

  /** Runs until `signal` aborts. Throws TaskFailure, TransientFailure, LeaseLost. */
  async run(signal: AbortSignal): Promise<void> {
    const { context, settings } = this;
    const pool = openRegistryDatabase(context.secrets.databaseUrl(settings.databaseSecret));
    const client = context.client(settings.system, ['publisher']);
    try {
      const reader = new TableReading(
        settings,
        context,
        pool,
        await SourceTable.open(pool, settings.flow),
        rowPreparer(settings.flow, {
          system: settings.system,
          connector: settings.name,
          saltSecret: await context.progress.saltSecret(context.holder),
        }),
        (submission, abort) => client.publish(submission, abort),
      );
      await reader.run(signal);
    } finally {
      await Promise.all([client.close(), pool.end()]);
    }
  }
}

class TableReading {
  private sweptAt = 0;
  /** Watermark up to which the last sweep went. */
  private swept: string | undefined;

  constructor(
    private readonly settings: SourceSettings,
    private readonly context: TaskContext,
    private readonly pool: Pool,
    private readonly table: SourceTable,
    private readonly prepare: (row: SourceRow) => PreparedRow,
    private readonly publish: Publish,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    let position = await this.startingPosition();
    while (!signal.aborted) {
      if (position.phase === 'snapshot') position = await this.snapshotStep(position, signal);
      else position = await this.changesStep(position, signal);
    }
  }

  private async startingPosition(): Promise<SourcePosition> {
    const stored = await this.context.progress.position(this.context.holder);
    if (stored) return stored as SourcePosition;
    const position = initialPosition((await readSafeBound(this.pool)).watermark);
    await this.context.progress.record(this.context.holder, { receipts: [], deadLetters: [], position });
    return position;
  }

  private async snapshotStep(
    position: SourcePosition & { phase: 'snapshot' },
    signal: AbortSignal,
  ): Promise<SourcePosition> {
    const { batchSize } = this.settings;
    const rows = await this.table.snapshotChunk(position.after, batchSize);
    const last = rows.at(-1);
    const next: SourcePosition =
      last && rows.length === batchSize
        ? { ...position, after: last.key }
        : { phase: 'changes', watermark: position.startedAt, key: [] };
    await this.handle(rows, next, signal);
    return next;
  }

  private async changesStep(
    position: SourcePosition & { phase: 'changes' },
    signal: AbortSignal,
  ): Promise<SourcePosition> {
    const { batchSize, sweepIntervalMs, pollIntervalMs } = this.settings;
    const bound = await readSafeBound(this.pool);
    if (Date.now() - this.sweptAt >= sweepIntervalMs) {
      await this.sweep(position, bound.hidden, signal);
      this.sweptAt = Date.now();
      this.swept = position.watermark;
    }
    const rows = await this.table.changesChunk(position, bound.watermark, batchSize);
    const last = rows.at(-1);
    if (!last) {
      await pause(pollIntervalMs, signal).catch(() => undefined);
      return position;
    }
    const next: SourcePosition = { phase: 'changes', watermark: last.watermark ?? '', key: last.key };
    await this.handle(rows, next, signal);
    if (rows.length < batchSize) await pause(pollIntervalMs, signal).catch(() => undefined);
    return next;
  }

  /**
   * Reads the recent past again and publishes what was committed there since, leaving the position alone. Begins the
   * overlap before the end of the sweep before: what was committed between the two is found whatever the load.
   */
  private async sweep(position: ChangePosition, hidden: boolean, signal: AbortSignal): Promise<void> {
    const { overlapMs, batchSize, sweepIntervalMs } = this.settings;
    const overlap = hidden ? overlapMs : Math.min(overlapMs, VISIBLE_OVERLAP_MS);
    if (overlap === 0) return;
    // Another run may have ended just before its next sweep.
    const back = this.swept === undefined ? overlap + 2 * sweepIntervalMs : overlap;
    const watermark = await watermarkBefore(this.pool, this.swept ?? position.watermark, back);
    let from: ChangePosition = { watermark, key: [] };
    while (!signal.aborted) {
      const rows = await this.table.changesChunk(from, position.watermark, batchSize);
      await this.handle(rows, undefined, signal);
      const last = rows.at(-1);
      if (!last || rows.length < batchSize) return;
      from = { watermark: last.watermark ?? '', key: last.key };
    }
  }

  /** Nothing advances past a row that has neither a receipt nor a dead letter. */
  private async handle(
    rows: SourceRow[],
    next: SourcePosition | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { progress, holder } = this.context;
    const prepared = rows.map(this.prepare);
    const known = prepared.length === 0 ? new Set<string>() : await progress.known(holder, ids(prepared));
    const fresh = prepared.filter(({ id }) => !known.has(id));
    const outcome = await publishChunk(
      fresh.flatMap(({ submission }) => submission ?? []),
      this.publish,
      this.settings.maxInFlight,
      signal,
    );
    const deadLetters = [...fresh.flatMap(({ deadLetter }) => deadLetter ?? []), ...outcome.deadLetters];
    const complete = outcome.failure === undefined;
    if (outcome.receipts.length > 0 || deadLetters.length > 0 || (complete && next)) {
      await progress.record(holder, {
        receipts: outcome.receipts,
        deadLetters,
        ...(complete && next ? { position: next } : {}),
      });
      this.context.progressed();
    }
    if (!complete && !signal.aborted) throw outcome.failure;
  }
}

function ids(prepared: PreparedRow[]): string[] {
  return prepared.map(({ id }) => id);
}
