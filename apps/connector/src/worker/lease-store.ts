import type { Pool } from 'pg';
import type { DeprecationNotice } from '#client';
import type { ConfigMap } from '../configuration/connector-config.js';
import type { TaskState } from './task-runner.js';

/** A connector that this instance holds. */
export interface HeldLease {
  connector: string;
  system: string;
  config: ConfigMap;
  targetState: 'RUNNING' | 'PAUSED' | 'STOPPED';
  /** Changes whenever the task has to start anew. */
  generation: string;
  epoch: string;
}

const HELD = `c.name as connector, c.system, c.config, c.target_state as "targetState", c.generation::text, l.epoch::text`;

/** Which instance runs which connector. Time is the database's, so clocks of instances do not matter. */
export class LeaseStore {
  constructor(
    private readonly pool: Pool,
    private readonly worker: string,
    private readonly ttlMs: number,
  ) {}

  /** Extends what is still ours, and returns exactly that. */
  async renew(): Promise<HeldLease[]> {
    await this.pool.query(
      `insert into worker (id, expires_at) values ($1, now() + $2::int * interval '1 millisecond')
       on conflict (id) do update set expires_at = excluded.expires_at`,
      [this.worker, this.ttlMs],
    );
    const { rows } = await this.pool.query<HeldLease>(
      `update lease l set expires_at = now() + $2::int * interval '1 millisecond'
         from connector c
        where l.worker = $1 and l.connector = c.name and c.target_state <> 'STOPPED'
       returning ${HELD}`,
      [this.worker, this.ttlMs],
    );
    return rows;
  }

  /** Takes free or expired connectors, up to a fair share of all. Every taking has a new, higher epoch. */
  async acquire(): Promise<void> {
    await this.pool.query(
      `with fair as (
         select greatest(1, ceil((select count(*) from connector where target_state <> 'STOPPED')::numeric
                / (select count(*) from worker where expires_at > now()))) as share
       ), free as (
         select c.name from connector c left join lease l on l.connector = c.name
          where c.target_state <> 'STOPPED' and (l.connector is null or l.expires_at < now())
          order by c.name
          limit greatest(0, (select share from fair) - (select count(*) from lease where worker = $1 and expires_at > now()))
       )
       insert into lease (connector, worker, epoch, expires_at, state)
       select name, $1, nextval('lease_epoch'), now() + $2::int * interval '1 millisecond', 'RUNNING' from free
       on conflict (connector) do update
         set worker = excluded.worker, epoch = excluded.epoch, expires_at = excluded.expires_at,
             state = 'RUNNING', trace = null, deprecations = '[]'
       where lease.expires_at < now()`,
      [this.worker, this.ttlMs],
    );
  }

  /** Connectors held beyond the fair share, which a new instance may have instead. */
  async surplus(): Promise<string[]> {
    const { rows } = await this.pool.query<{ connector: string }>(
      `select connector from lease where worker = $1 order by epoch desc
        limit greatest(0, (select count(*) from lease where worker = $1) -
          greatest(1, ceil((select count(*) from connector where target_state <> 'STOPPED')::numeric
            / (select count(*) from worker where expires_at > now()))))`,
      [this.worker],
    );
    return rows.map(({ connector }) => connector);
  }

  async setState(connector: string, epoch: string, state: TaskState, trace: string | null): Promise<void> {
    await this.pool.query('update lease set state = $3, trace = $4 where connector = $1 and epoch = $2', [
      connector,
      epoch,
      state,
      trace,
    ]);
  }

  /** Versions of contracts that end and that the connector uses. */
  async setDeprecations(connector: string, epoch: string, notices: DeprecationNotice[]): Promise<void> {
    await this.pool.query('update lease set deprecations = $3 where connector = $1 and epoch = $2', [
      connector,
      epoch,
      JSON.stringify(notices),
    ]);
  }

  async release(connector: string): Promise<void> {
    await this.pool.query('delete from lease where connector = $1 and worker = $2', [connector, this.worker]);
  }

  async leave(): Promise<void> {
    await this.pool.query('delete from lease where worker = $1', [this.worker]);
    await this.pool.query('delete from worker where id = $1 or expires_at < now()', [this.worker]);
  }
}
