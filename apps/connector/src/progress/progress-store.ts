import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Outbox } from '#control';
import { deadLetterRecord, positionText, storable, type DeadLetter } from '../dead-letters/dead-letter.js';
import type { ConnectorMetrics } from '../metrics.js';
import { LeaseLost } from '../worker/task-failure.js';

/** Whose progress: a connector, in the name of its system, under the epoch of its lease. */
export interface Holder {
  connector: string;
  system: string;
  epoch: string;
}

export interface StoredReceipt {
  messageId: string;
  key: string | null;
  /** JSON as the bus gave it. */
  receipt: string;
}

/** What one step of a task leaves behind. */
export interface Progress {
  receipts: StoredReceipt[];
  deadLetters: DeadLetter[];
  /** New position of a source; none = it stays. */
  position?: object;
}

/** Receipts, dead letters and positions: one transaction a step, fenced by the lease. */
export class ProgressStore {
  constructor(
    private readonly pool: Pool,
    private readonly outbox: Outbox,
    private readonly metrics: ConnectorMetrics,
  ) {}

  /** Throws LeaseLost, and keeps nothing, when another instance has taken the connector over. */
  async record(holder: Holder, progress: Progress): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      await this.fence(client, holder);
      await insertReceipts(client, holder, progress.receipts);
      await this.insertDeadLetters(client, holder, progress.deadLetters);
      if (progress.position) await savePosition(client, holder, progress.position);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
    const { connector } = holder;
    this.metrics.records.inc({ connector, outcome: 'receipt' }, progress.receipts.length);
    this.metrics.records.inc({ connector, outcome: 'dead-letter' }, progress.deadLetters.length);
    if (progress.deadLetters.length > 0) this.outbox.kick();
  }

  /** Which of these ids already have a receipt or a dead letter of this connector. */
  async known({ connector, system }: Holder, messageIds: string[]): Promise<Set<string>> {
    const { rows } = await this.pool.query<{ id: string }>(
      `select message_id::text as id from receipt where message_id = any($1::uuid[])
       union all
       select message_id from dead_letter
        where connector = $2 and system = $3 and message_id = any($1::text[])`,
      [messageIds, connector, system],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Whether the lease is still this holder's. */
  async holds({ connector, epoch }: Holder): Promise<boolean> {
    const { rowCount } = await this.pool.query('select 1 from lease where connector = $1 and epoch = $2', [
      connector,
      epoch,
    ]);
    return rowCount === 1;
  }

  async position({ connector, system }: Holder): Promise<object | undefined> {
    const { rows } = await this.pool.query<{ position: object }>(
      'select position from source_offset where connector = $1 and system = $2',
      [connector, system],
    );
    return rows[0]?.position;
  }

  /** The secret that the salts of this connector's messages come from; made once, kept for ever. */
  async saltSecret({ connector, system }: Holder): Promise<Buffer> {
    const { rows } = await this.pool.query<{ salt_secret: Buffer }>(
      `insert into identity (system, connector, salt_secret) values ($1, $2, $3)
       on conflict (system, connector) do update set salt_secret = identity.salt_secret
       returning salt_secret`,
      [system, connector, randomBytes(32)],
    );
    const secret = rows[0]?.salt_secret;
    if (!secret) throw new Error('the salt secret was not stored');
    return secret;
  }

  private async fence(client: PoolClient, { connector, epoch }: Holder): Promise<void> {
    const { rowCount } = await client.query(
      'select 1 from lease where connector = $1 and epoch = $2 for share',
      [connector, epoch],
    );
    if (rowCount !== 1) throw new LeaseLost();
  }

  private async insertDeadLetters(client: PoolClient, holder: Holder, found: DeadLetter[]): Promise<void> {
    if (found.length === 0) return;
    const letters = found.map(storable);
    const { rows } = await client.query<{ id: string; position: string }>(
      `insert into dead_letter (system, connector, message_id, position, key, stage, code, reasons, evidence)
       select $1, $2, l.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                      $8::jsonb[], $9::text[]) as l
       on conflict (connector, message_id, position) do nothing
       returning message_id as id, position`,
      [
        holder.system,
        holder.connector,
        letters.map(({ messageId }) => messageId),
        letters.map(positionText),
        letters.map(({ key }) => key),
        letters.map(({ stage }) => stage),
        letters.map(({ code }) => code),
        letters.map(({ reasons }) => JSON.stringify(reasons)),
        letters.map(({ evidence }) => evidence ?? null),
      ],
    );
    const fresh = new Set(rows.map(({ id, position }) => `${id} ${position}`));
    const records = letters
      .filter((letter) => fresh.has(`${letter.messageId} ${positionText(letter)}`))
      .map((letter) => deadLetterRecord(holder.connector, letter));
    await this.outbox.enqueue(client, records);
  }
}

async function insertReceipts(client: PoolClient, holder: Holder, receipts: StoredReceipt[]): Promise<void> {
  if (receipts.length === 0) return;
  await client.query(
    `insert into receipt (system, connector, message_id, key, receipt)
     select $1, $2, r.* from unnest($3::uuid[], $4::text[], $5::text[]) as r
     on conflict (message_id) do nothing`,
    [
      holder.system,
      holder.connector,
      receipts.map(({ messageId }) => messageId),
      receipts.map(({ key }) => key),
      receipts.map(({ receipt }) => receipt),
    ],
  );
}

async function savePosition(client: PoolClient, holder: Holder, position: object): Promise<void> {
  await client.query(
    `insert into source_offset (system, connector, position) values ($1, $2, $3)
     on conflict (system, connector) do update set position = excluded.position, updated_at = now()`,
    [holder.system, holder.connector, JSON.stringify(position)],
  );
}
