import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from '#service';
import type { AuditMetrics } from '../metrics.js';
import { exchangeRow, type ExchangeRow } from './exchange-row.js';
import { insertExchanges, insertHandovers, type ProjectedEntry } from './projection-rows.js';

const PAGE = 2_000;
const IDLE_MS = 150;
const RETRY_MS = 1_000;

/** Follows the ledger and keeps the tables that searches read, from a watermark of its own. */
export class Projector {
  private stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly logger: Logger,
    private readonly metrics?: AuditMetrics,
  ) {}

  /** Does nothing if it runs already. */
  start(): void {
    if (this.loop) return;
    this.stopping = new AbortController();
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    this.loop = undefined;
  }

  /** Projects the next entries. @returns how many */
  async step(): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const count = await this.stepWithin(client);
      await client.query('commit');
      return count;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Empties the projection and reads the whole ledger again. Nothing of the truth is touched. */
  async rebuild(): Promise<void> {
    await this.pool.query(`
      begin;
      lock table projection in access exclusive mode;
      truncate exchange, handover;
      update projection set next_idx = 0 where name = 'exchange';
      commit;
    `);
    while ((await this.step()) > 0);
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if ((await this.step()) < PAGE) await this.pause(IDLE_MS);
      } catch (error) {
        this.logger.error({ err: error }, 'projecting entries failed; trying again');
        await this.pause(RETRY_MS);
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async stepWithin(client: PoolClient): Promise<number> {
    const { rows: marks } = await client.query<{ next_idx: string }>(
      `select next_idx from projection where name = 'exchange' for update`,
    );
    const next = Number(marks[0]?.next_idx ?? 0);
    const { rows } = await client.query<EntryRow>({
      name: 'entries-to-project',
      text: `select idx, source_topic, source_partition, source_offset, data from entry
             where idx >= $1 order by idx limit ${PAGE}`,
      values: [next],
    });
    const projected = rows.flatMap((row) => this.project(row));
    if (rows.length === 0) return 0;
    await insertExchanges(client, projected);
    await insertHandovers(client, projected);
    const watermark = next + rows.length;
    await client.query(`update projection set next_idx = $1 where name = 'exchange'`, [watermark]);
    this.metrics?.projected.set(watermark);
    return rows.length;
  }

  private project(entry: EntryRow): ProjectedEntry[] {
    let row: ExchangeRow;
    try {
      row = exchangeRow(entry.data);
    } catch (error) {
      this.logger.error({ index: entry.idx, err: error }, 'an entry can not be searched: it is not evidence');
      return [];
    }
    const { idx, source_topic, source_partition, source_offset } = entry;
    return [
      {
        index: idx,
        sourceTopic: source_topic,
        sourcePartition: source_partition,
        sourceOffset: source_offset,
        row,
      },
    ];
  }
}

interface EntryRow {
  idx: string;
  source_topic: string;
  source_partition: number;
  source_offset: string;
  data: Buffer;
}
