import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '#service';

const RETRY_MS = 500;
const HEARTBEAT_MS = 2_000;
const PATIENCE_MS = 5_000;

/**
 * Leadership among instances: a session advisory lock on a connection of its own. PostgreSQL drops it
 * when that connection ends, so a killed leader is followed at once. It is not the fence: two leaders at
 * once (a connection lost without notice) are held apart by the lock on the head row.
 */
export class Lease {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly databaseUrl: string,
    private readonly logger: Logger,
  ) {}

  /** Tries until it leads, and again after each loss. */
  start(onGained: () => void, onLost: () => void): void {
    this.loop ??= this.run(onGained, onLost);
  }

  /** Gives the lease back. The loss is not announced. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(onGained: () => void, onLost: () => void): Promise<void> {
    while (!this.stopped) {
      const client = new pg.Client({
        connectionString: this.databaseUrl,
        application_name: 'wasl-audit-lease',
        connectionTimeoutMillis: PATIENCE_MS,
        query_timeout: PATIENCE_MS,
        keepAlive: true,
      });
      let held = false;
      // The failing query reports the loss; without a listener it would end the process.
      client.on('error', () => undefined);
      try {
        await client.connect();
        while (!this.stopped && !held) {
          held = await tryLock(client);
          if (!held) await this.pause(RETRY_MS);
        }
        if (held && !this.stopped) onGained();
        while (!this.stopped) {
          await this.pause(HEARTBEAT_MS, client);
          if (!this.stopped) await client.query('select 1');
        }
      } catch (error) {
        this.logger.warn({ err: error }, held ? 'the lease was lost' : 'the lease could not be asked for');
        if (held && !this.stopped) onLost();
      }
      await client.end().catch(() => undefined);
      await this.pause(RETRY_MS);
    }
  }

  /** Ends early when the lease is given back, or its connection ends. */
  private async pause(ms: number, client?: pg.Client): Promise<void> {
    const ended = new AbortController();
    const wake = () => ended.abort();
    client?.once('end', wake);
    const signal = AbortSignal.any([this.stopping.signal, ended.signal]);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    client?.off('end', wake);
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>(
    `select pg_try_advisory_lock(hashtext('wasl.audit.sequencer'), 0) as held`,
  );
  return rows[0]?.held === true;
}
