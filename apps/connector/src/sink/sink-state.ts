import type { Pool, PoolClient } from 'pg';
import type { Acknowledgement } from '#client';
import { quoteIdentifier } from '../database/catalogue.js';
import type { Holder } from '../progress/progress-store.js';
import { LeaseLost } from '../worker/task-failure.js';

/** Where a sink stands, kept in the target database so that it commits with the rows. */
export interface SinkPosition {
  /** Opaque cursor of the gateway; null = from the beginning. */
  cursor: string | null;
  /** Handed over and committed, not yet acknowledged to the bus. */
  pending: Acknowledgement[];
}

/** The table `wasl_sink_state` beside the target table. Its epoch fences an instance that lost the lease. */
export class SinkState {
  private readonly table: string;

  constructor(
    private readonly pool: Pool,
    schema: string,
    private readonly holder: Holder,
    private readonly topic: string,
  ) {
    this.table = `${quoteIdentifier(schema)}.wasl_sink_state`;
  }

  /** Makes this instance the only writer and tells where the last one stopped. Throws LeaseLost. */
  async claim(): Promise<SinkPosition> {
    const exists = await this.pool.query<{ at: string | null }>('select to_regclass($1) as at', [this.table]);
    if (exists.rows[0]?.at == null) await this.create();
    const { rows } = await this.pool.query<SinkPosition>(
      `insert into ${this.table} as s (connector, topic, epoch) values ($1, $2, $3)
       on conflict (connector) do update
         set epoch = excluded.epoch, topic = excluded.topic,
             cursor = case when s.topic = excluded.topic then s.cursor end
       where s.epoch <= excluded.epoch
       returning cursor, pending`,
      [this.holder.connector, this.topic, this.holder.epoch],
    );
    if (!rows[0]) throw new LeaseLost();
    return rows[0];
  }

  /** Part of the transaction that writes the rows. Throws LeaseLost when another instance has claimed. */
  async advance(client: PoolClient, next: SinkPosition): Promise<void> {
    const { rowCount } = await client.query(
      `update ${this.table} set cursor = $3, pending = $4, updated_at = now() where connector = $1 and epoch = $2`,
      [this.holder.connector, this.holder.epoch, next.cursor, JSON.stringify(next.pending)],
    );
    if (rowCount !== 1) throw new LeaseLost();
  }

  /** Forgets acknowledgements that the bus has receipted. */
  async settle(pending: Acknowledgement[]): Promise<void> {
    await this.pool.query(`update ${this.table} set pending = $3 where connector = $1 and epoch = $2`, [
      this.holder.connector,
      this.holder.epoch,
      JSON.stringify(pending),
    ]);
  }

  private async create(): Promise<void> {
    await this.pool.query(`create table if not exists ${this.table} (
      connector text primary key,
      topic text not null,
      cursor text,
      epoch bigint not null,
      pending jsonb not null default '[]',
      updated_at timestamptz not null default now())`);
  }
}
