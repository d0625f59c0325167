import pg from 'pg';
import type { Logger } from '#service';

const LEASE_KEY = `hashtext('wasl.audit.sequencer')`;
const RETRY_MS = 500;

/**
 * Leadership among instances: a session advisory lock on a connection of its own. PostgreSQL drops it
 * when that connection ends, so a killed leader is followed at once. It is not the fence: two leaders at
 * once (a connection lost without notice) are held apart by the lock on the head row.
 */
export class Lease {
  private client: pg.Client | undefined;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly databaseUrl: string,
    private readonly logger: Logger,
  ) {}

  get held(): boolean {
    return this.client !== undefined;
  }

  /** Tries until it leads; calls `onGained` each time that leadership is gained anew. */
  start(onGained: () => void, onLost: () => void): void {
    void this.attempt(onGained, onLost);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async attempt(onGained: () => void, onLost: () => void): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'wasl-audit-lease',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    const again = () => {
      if (!this.stopped) this.timer = setTimeout(() => void this.attempt(onGained, onLost), RETRY_MS);
    };
    client.on('error', (error) => this.logger.warn({ err: error }, 'the connection of the lease was lost'));
    try {
      await client.connect();
      const { rows } = await client.query<{ leads: boolean }>(
        `select pg_try_advisory_lock(${LEASE_KEY}, 0) as leads`,
      );
      if (!rows[0]?.leads || this.stopped) {
        await client.end();
        again();
        return;
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the lease could not be asked for');
      await client.end().catch(() => undefined);
      again();
      return;
    }
    this.client = client;
    client.once('end', () => {
      if (this.client !== client) return;
      this.client = undefined;
      onLost();
      again();
    });
    onGained();
  }
}
