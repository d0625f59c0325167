import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Logger } from '#service';
import type { SchemaCache } from './schema-cache.js';

const RETRY_MS = 1_000;
const HEARTBEAT_MS = 5_000;
const CHANNEL = 'wasl_registry_deleted';

/** Within the transaction of a deletion: told to all instances once it is committed. */
export const NOTIFY_DELETED = `select pg_notify('${CHANNEL}', current_schema())`;

/** Hears of deletions by other instances; while it can't, nothing is kept in memory. */
export class DeletionListener {
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly databaseUrl: string,
    private readonly schema: string,
    private readonly cache: SchemaCache,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.cache.enable(false);
    this.loop ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.listen().catch((error: unknown) =>
        this.logger.warn({ err: error }, 'deletions go unheard for now'),
      );
      this.cache.enable(false);
      await sleep(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async listen(): Promise<void> {
    const client = new Client({
      connectionString: this.databaseUrl,
      application_name: `wasl-${this.schema}-listener`,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: HEARTBEAT_MS,
      query_timeout: HEARTBEAT_MS,
    });
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ payload }) => {
      if (payload === this.schema) this.cache.clear();
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.cache.enable(true);
      // A database that vanished without a word would leave the memory on.
      while (!(await Promise.race([lost.then(() => true), sleep(HEARTBEAT_MS, false)])))
        await client.query('select 1');
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
