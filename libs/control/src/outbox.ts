import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { KafkaProducer, OutgoingRecord } from '#kafka';
import { WaslError } from '#protocol';

const BATCH_ROWS = 500;
/** Bytes: Kafka's default limit of 1 MiB for a batch, less room for key, headers and framing. */
const LARGEST_VALUE = 1_000_000;
const POLL_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;

interface OutboxRow {
  id: string;
  topic: string;
  key: string | null;
  value: Buffer | null;
  headers: Record<string, string> | null;
}

/** Anything that runs SQL inside the transaction of the change: a client of `pg`, or a query runner. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

export interface OutboxOptions {
  pool: Pool;
  /** PostgreSQL schema whose `outbox` table it is. */
  schema: string;
  producer: Pick<KafkaProducer, 'send'>;
  logger?: Logger;
}

/**
 * Kafka records that are written in the same transaction as the change they announce, and sent after it.
 *
 * Nothing is lost: a row goes only once Kafka has acknowledged it. A crash between the two sends the
 * same bytes again. Records of one key leave in the order of their commits: `enqueue` serialises
 * transactions by key, and one relay at a time, under an advisory lock, reads in order of ids.
 */
export class Outbox {
  /** For a migration; the table belongs to the schema of the search path. */
  static readonly TABLE_DDL = `create table outbox (
    id bigserial primary key,
    topic text not null,
    key text,
    value bytea,
    headers jsonb,
    created_at timestamptz not null default now()
  )`;

  private readonly table: string;
  private readonly stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private kicked = false;

  constructor(private readonly options: OutboxOptions) {
    this.table = `"${options.schema}".outbox`;
  }

  /**
   * Adds records to the transaction of `client`, which must be open. Call `kick` once it is committed.
   * @throws WaslError body-too-large for a value that Kafka would never take
   */
  async enqueue(client: Queryable, records: OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (records.some(({ value }) => (value?.length ?? 0) > LARGEST_VALUE))
      throw new WaslError('body-too-large', `a record may hold ${LARGEST_VALUE} bytes at most`);
    const locks = [
      ...new Set(records.filter(({ key }) => key !== null).map((r) => `${r.topic} ${textKey(r.key)}`)),
    ];
    // In one order everywhere, so that two transactions never wait for each other.
    await client.query(
      `select pg_advisory_xact_lock(hashtext('wasl.outbox.key'), lock)
         from (select distinct hashtext($1 || k) as lock from unnest($2::text[]) as k order by 1) as locks`,
      [this.options.schema, locks],
    );
    await client.query(
      `insert into ${this.table} (topic, key, value, headers)
       select topic, key, value, headers
         from unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[])
              with ordinality as r(topic, key, value, headers, position)
        order by position`,
      [
        records.map(({ topic }) => topic),
        records.map(({ key }) => textKey(key)),
        records.map(({ value }) => value),
        records.map(({ headers }) => (headers ? JSON.stringify(textHeaders(headers)) : null)),
      ],
    );
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Sends without waiting for the next poll. */
  kick(): void {
    this.kicked = true;
    this.wake?.();
  }

  /** Sends what is committed, if Kafka takes it, and ends. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake?.();
    await this.loop;
  }

  private async run(): Promise<void> {
    let backoff = POLL_MS;
    for (;;) {
      const last = this.stopping.signal.aborted;
      this.kicked = false;
      try {
        await this.relay();
        backoff = POLL_MS;
      } catch (error) {
        this.options.logger?.warn({ err: error }, 'the outbox could not be sent, its rows are kept');
        backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
      }
      if (last) return;
      await this.idle(backoff);
    }
  }

  private async idle(ms: number): Promise<void> {
    if (this.stopping.signal.aborted || (this.kicked && ms === POLL_MS)) return;
    const timer = new AbortController();
    this.wake = () => timer.abort();
    await sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
    this.wake = undefined;
  }

  /** Sends all rows that are there, unless another instance is doing so. */
  private async relay(): Promise<void> {
    const client = await this.options.pool.connect();
    let broken: Error | undefined;
    // A connection lost while Kafka is being waited for would end the process if nobody listened.
    const onLost = (error: Error) => (broken = error);
    client.on('error', onLost);
    try {
      if (!(await this.lock(client))) return;
      const blocked = new Set<string>();
      while ((await this.relayBatch(client, blocked)) === BATCH_ROWS);
      await client.query(`select pg_advisory_unlock(hashtext('wasl.outbox'), hashtext($1))`, [
        this.options.schema,
      ]);
      if (blocked.size > 0) throw new Error(`refused by Kafka: records for ${[...blocked].join(', ')}`);
    } catch (error) {
      // Closing the connection frees the lock, whatever state the session is in.
      broken = error as Error;
      throw error;
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
  }

  /** Takes the lock if there are rows and no other instance has it. */
  private async lock(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtext('wasl.outbox'), hashtext($1)) as locked
         from (select from ${this.table} limit 1) as waiting`,
      [this.options.schema],
    );
    return rows[0]?.locked === true;
  }

  /** @param blocked topics whose records Kafka refuses now; they wait without holding up the others */
  private async relayBatch(client: PoolClient, blocked: Set<string>): Promise<number> {
    const { rows } = await client.query<OutboxRow>(
      `select id, topic, key, value, headers from ${this.table}
        where topic <> all($1::text[]) order by id limit ${BATCH_ROWS}`,
      [[...blocked]],
    );
    const sent = await this.send(rows, blocked);
    if (sent.length > 0)
      await client.query(`delete from ${this.table} where id = any($1::bigint[])`, [
        sent.map(({ id }) => id),
      ]);
    return rows.length;
  }

  private async send(rows: OutboxRow[], blocked: Set<string>): Promise<OutboxRow[]> {
    if (rows.length === 0) return [];
    try {
      await this.options.producer.send(rows.map(toRecord));
      return rows;
    } catch (error) {
      if (!(error instanceof WaslError) || error.code === 'unavailable') throw error;
      const topics = new Set(rows.map(({ topic }) => topic));
      const only = [...topics][0];
      if (topics.size === 1 && only !== undefined) {
        blocked.add(only);
        return [];
      }
      const sent: OutboxRow[] = [];
      for (const topic of topics)
        sent.push(
          ...(await this.send(
            rows.filter((row) => row.topic === topic),
            blocked,
          )),
        );
      return sent;
    }
  }
}

function toRecord({ topic, key, value, headers }: OutboxRow): OutgoingRecord {
  return { topic, key, value, ...(headers ? { headers } : {}) };
}

function textKey(key: Buffer | string | null): string | null {
  return typeof key === 'string' || key === null ? key : key.toString('utf8');
}

function textHeaders(headers: Record<string, string | Buffer>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.toString()]));
}
