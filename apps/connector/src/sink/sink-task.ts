import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { handoversOf, type Acknowledgement, type Page, type WaslClient } from '#client';
import { WaslError } from '#protocol';
import type { SinkSettings } from '../configuration/connector-config.js';
import { openRegistryDatabase } from '../database/registry-database.js';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { rowMapper, type RowMapper } from '../mapping/payload-to-row.js';
import { LeaseLost, TaskFailure } from '../worker/task-failure.js';
import type { Task, TaskContext } from '../worker/task.js';
import { applyRows } from './apply-rows.js';
import { pageRows, type PageRows } from './page-rows.js';
import { verifyPage } from './page-verification.js';
import { SinkState, type SinkPosition } from './sink-state.js';
import { SinkTable } from './sink-table.js';

/** Pulls a topic and writes it into a table of the member's database, then signs for what it has written. */
export class SinkTask implements Task {
  constructor(
    private readonly settings: SinkSettings,
    private readonly context: TaskContext,
  ) {}

  /** Runs until `signal` aborts. Throws TaskFailure, TransientFailure, LeaseLost, WaslError. */
  async run(signal: AbortSignal): Promise<void> {
    const { context, settings } = this;
    const pool = openRegistryDatabase(context.secrets.databaseUrl(settings.databaseSecret));
    const client = context.client(settings.system, ['consumer']);
    try {
      const table = await SinkTable.open(pool, settings.flow);
      const schema = settings.flow.table.schema ?? 'public';
      const state = new SinkState(pool, schema, context.holder, settings.flow.contract.topic);
      await new Delivery(settings, context, pool, client, table, state, rowMapper(settings.flow)).run(signal);
    } finally {
      await Promise.all([client.close(), pool.end()]);
    }
  }
}

class Delivery {
  private position: SinkPosition = { cursor: null, pending: [] };

  constructor(
    private readonly settings: SinkSettings,
    private readonly context: TaskContext,
    private readonly pool: Pool,
    private readonly client: WaslClient,
    private readonly table: SinkTable,
    private readonly state: SinkState,
    private readonly mapper: RowMapper,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    this.position = await this.claim();
    // What the last run committed and did not get to sign for.
    await this.acknowledge();
    let next = this.prefetch(this.position.cursor, signal);
    while (!signal.aborted) {
      const page = await next.catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (!page) return;
      // The next page travels while this one is written.
      next = this.prefetch(page.cursor, signal);
      if (page.messages.length > 0) await this.deliver(page);
      else this.position = { ...this.position, cursor: page.cursor };
    }
  }

  /** Throws LeaseLost to a later instance, TaskFailure to a state that no lease of this service explains. */
  private async claim(): Promise<SinkPosition> {
    try {
      return await this.state.claim();
    } catch (error) {
      if (!(error instanceof LeaseLost) || !(await this.context.progress.holds(this.context.holder)))
        throw error;
      throw new TaskFailure(
        'wasl_sink_state in the target database has a higher epoch than this service has ever given: the database ' +
          'of the connector service was replaced. Set epoch to 0 in the row of this connector, then restart it.',
        { cause: error },
      );
    }
  }

  /** A pull whose failure is met when the page is needed, or never, when the task ends before. */
  private prefetch(cursor: string | null, signal: AbortSignal): Promise<Page> {
    const { flow, batchSize, waitSeconds } = this.settings;
    const page = this.client.pull({
      topic: flow.contract.topic,
      limit: batchSize,
      waitSeconds,
      signal,
      ...(cursor === null ? {} : { after: cursor }),
    });
    page.catch(() => undefined);
    return page;
  }

  private async deliver(page: Page): Promise<void> {
    const { maxUnverifiable } = this.settings;
    const { verified, unverifiable } = await verifyPage(
      page.messages,
      () => this.context.verifier(),
      maxUnverifiable,
    );
    const rows = pageRows(verified, this.mapper);
    const { topic } = this.settings.flow.contract;
    const signed = handoversOf(verified).map((handover) => ({
      ...{ id: v7(), topic, agreement: this.agreementOf(page) },
      ...handover,
    }));
    const pending = [...this.position.pending, ...signed];
    const next = { cursor: page.cursor, pending };
    await this.write(rows, [...unverifiable, ...rows.unmappable], next);
    this.position = next;
    this.context.progressed();
    await this.acknowledge();
  }

  /** Rows, deletions, cursor and pending acknowledgement: one transaction. Dead letters are durable before it. */
  private async write(rows: PageRows, deadLetters: DeadLetter[], next: SinkPosition): Promise<void> {
    const connection = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await connection.query('begin');
      await this.state.advance(connection, next);
      const refused = await applyRows(connection, this.table, rows);
      const letters = [...deadLetters, ...refused];
      if (letters.length > 0) {
        await this.context.progress.record(this.context.holder, { receipts: [], deadLetters: letters });
      }
      await connection.query('commit');
    } catch (error) {
      await connection.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      connection.release(broken);
    }
  }

  /** Signs for everything committed, keeps the receipts, and only then forgets what was pending. */
  private async acknowledge(): Promise<void> {
    if (this.position.pending.length === 0) return;
    for (const acknowledgement of this.position.pending) await this.handIn(acknowledgement);
    this.position = { ...this.position, pending: [] };
    await this.state.settle([]);
  }

  private async handIn(acknowledgement: Acknowledgement): Promise<void> {
    const { holder, progress } = this.context;
    try {
      const receipt = JSON.stringify(await this.client.acknowledge(acknowledgement));
      const receipts = [{ messageId: acknowledgement.id, key: null, receipt }];
      await progress.record(holder, { receipts, deadLetters: [] });
    } catch (error) {
      if (!this.isSuperseded(acknowledgement, error)) throw error;
      const deadLetters = [supersededLetter(acknowledgement)];
      await progress.record(holder, { receipts: [], deadLetters });
    }
  }

  /**
   * Delivered under an agreement that another one has replaced since: the bus no longer takes a signature under
   * the old one, and one under the new one would not be true. The refusal is on record at both sides.
   */
  private isSuperseded({ agreement, topic }: Acknowledgement, error: unknown): boolean {
    if (!(error instanceof WaslError) || error.code !== 'no-agreement') return false;
    const inForce = this.context.agreement(this.settings.system, topic);
    return inForce !== undefined && inForce !== agreement;
  }

  private agreementOf(page: Page): string {
    const { flow, system } = this.settings;
    const agreement: Acknowledgement['agreement'] | undefined =
      page.agreement ?? this.context.agreement(system, flow.contract.topic);
    if (agreement === undefined) {
      throw new TaskFailure(
        'There is no agreement in force for this topic. Have one approved, then restart.',
      );
    }
    return agreement;
  }
}

function supersededLetter(acknowledgement: Acknowledgement): DeadLetter {
  return {
    messageId: acknowledgement.id,
    topic: acknowledgement.topic,
    key: null,
    value: Buffer.from(JSON.stringify(acknowledgement)),
    stage: 'TASK_PUT',
    code: 'no-agreement',
    detail: 'the agreement was replaced before these messages, which were written, could be signed for',
    reasons: [],
  };
}
