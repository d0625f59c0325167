import type { Pool, PoolClient } from 'pg';
import type { DeprecationNotice } from '#client';
import type { ConfigMap } from '../configuration/connector-config.js';

export type TargetState = 'RUNNING' | 'PAUSED' | 'STOPPED';

/** A connector with the lease of whoever runs it now. */
export interface ConnectorRow {
  name: string;
  system: string;
  type: 'source' | 'sink';
  config: ConfigMap;
  targetState: TargetState;
  /** Live lease only. */
  worker: string | null;
  taskState: 'RUNNING' | 'PAUSED' | 'FAILED' | null;
  trace: string | null;
  /** versions of contracts that end, as its running task has met them */
  deprecations: DeprecationNotice[] | null;
}

export interface ReceiptRow {
  sequence: string;
  messageId: string;
  key: string | null;
  receipt: string;
}

export interface DeadLetterRow {
  sequence: string;
  messageId: string;
  position: string;
  key: string | null;
  stage: string;
  code: string;
  reasons: unknown;
  evidence: string | null;
  createdAt: Date;
}

const SELECT = `
  select c.name, c.system, c.type, c.config, c.target_state as "targetState",
         l.worker, l.state as "taskState", l.trace, l.deprecations
    from connector c left join lease l on l.connector = c.name and l.expires_at > now()`;

/** The table of connectors, and what their tasks left behind. */
export class ConnectorRepository {
  constructor(private readonly pool: Pool) {}

  async all(): Promise<ConnectorRow[]> {
    return (await this.pool.query<ConnectorRow>(`${SELECT} order by c.name`)).rows;
  }

  async find(name: string): Promise<ConnectorRow | undefined> {
    return (await this.pool.query<ConnectorRow>(`${SELECT} where c.name = $1`, [name])).rows[0];
  }

  /** False when the name is taken. */
  async insert(
    client: PoolClient,
    row: Pick<ConnectorRow, 'name' | 'system' | 'type' | 'config' | 'targetState'>,
  ): Promise<boolean> {
    const { rowCount } = await client.query(
      `insert into connector (name, system, type, config, target_state) values ($1, $2, $3, $4, $5)
       on conflict (name) do nothing`,
      [row.name, row.system, row.type, JSON.stringify(row.config), row.targetState],
    );
    return rowCount === 1;
  }

  async saveConfig(client: PoolClient, name: string, config: ConfigMap): Promise<boolean> {
    const { rowCount } = await client.query(
      `update connector set config = $2, generation = generation + 1, updated_at = now()
        where name = $1 and config <> $2::jsonb`,
      [name, JSON.stringify(config)],
    );
    return rowCount === 1;
  }

  /** False when the connector is in that state already. */
  async saveTarget(client: PoolClient, name: string, target: TargetState): Promise<boolean> {
    const { rowCount } = await client.query(
      `update connector set target_state = $2, generation = generation + 1, updated_at = now()
        where name = $1 and target_state <> $2`,
      [name, target],
    );
    return rowCount === 1;
  }

  async nextGeneration(client: PoolClient, name: string): Promise<void> {
    await client.query(
      'update connector set generation = generation + 1, updated_at = now() where name = $1',
      [name],
    );
  }

  /** Receipts, dead letters and the salt secret stay: they are proofs, and ids must not be used twice. */
  async remove(client: PoolClient, { name, system }: ConnectorRow): Promise<boolean> {
    await client.query('delete from source_offset where connector = $1 and system = $2', [name, system]);
    return (await client.query('delete from connector where name = $1', [name])).rowCount === 1;
  }

  async position({ name, system }: ConnectorRow): Promise<object | undefined> {
    const { rows } = await this.pool.query<{ position: object }>(
      'select position from source_offset where connector = $1 and system = $2',
      [name, system],
    );
    return rows[0]?.position;
  }

  async counts({ name, system }: ConnectorRow): Promise<{ receipts: number; deadLetters: number }> {
    const { rows } = await this.pool.query<{ receipts: number; deadLetters: number }>(
      `select (select count(*)::int from receipt where connector = $1 and system = $2) as receipts,
              (select count(*)::int from dead_letter where connector = $1 and system = $2) as "deadLetters"`,
      [name, system],
    );
    return rows[0] ?? { receipts: 0, deadLetters: 0 };
  }

  async receipts({ name, system }: ConnectorRow, after: string, limit: number): Promise<ReceiptRow[]> {
    const { rows } = await this.pool.query<ReceiptRow>(
      `select sequence::text, message_id as "messageId", key, receipt from receipt
        where connector = $1 and system = $2 and receipt.sequence > $3 order by receipt.sequence limit $4`,
      [name, system, after, limit],
    );
    return rows;
  }

  async deadLetters({ name, system }: ConnectorRow, after: string, limit: number): Promise<DeadLetterRow[]> {
    const { rows } = await this.pool.query<DeadLetterRow>(
      `select sequence::text, message_id as "messageId", position, key, stage, code, reasons, evidence,
              created_at as "createdAt"
         from dead_letter where connector = $1 and system = $2 and dead_letter.sequence > $3 order by dead_letter.sequence limit $4`,
      [name, system, after, limit],
    );
    return rows;
  }
}
