import type { Pool } from 'pg';

export interface Reservation {
  sender: string;
  messageId: string;
  manifest: string;
  evidence: string;
}

export interface StoredSubmission extends Reservation {
  batchId: string;
  acceptedAt: Date;
  /** The batch is known to be in Kafka. */
  produced: boolean;
}

const PRUNE_ROWS = 5_000;

/**
 * Parameters are lines of text instead of arrays: URNs, UUIDs and compact JWS hold no line break, and the
 * driver's array quoting would cost more than the insert. Sorted, so that two gateways never deadlock.
 */
const RESERVE = `
  with marked as (
    insert into batch (batch_id)
    select id::uuid from unnest(string_to_array($7, E'\\n')) as id on conflict do nothing
  ), reserved as (
    insert into submission (sender, message_id, manifest, evidence, batch_id, accepted_at)
    select sender, message_id::uuid, manifest, evidence, $5::uuid, $6::timestamptz
      from unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n'),
                  string_to_array($3, E'\\n'), string_to_array($4, E'\\n'))
           as s(sender, message_id, manifest, evidence)
     order by sender, message_id
    on conflict do nothing
    returning 1
  )
  select count(*)::int as reserved from reserved`;

const FIND = `
  select s.sender, s.message_id::text as "messageId", s.manifest, s.evidence, s.batch_id::text as "batchId",
         s.accepted_at as "acceptedAt",
         exists (select from batch b where b.batch_id = s.batch_id) as produced
    from unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n')) as k(sender, message_id)
    join submission s on s.sender = k.sender and s.message_id = k.message_id::uuid`;

/** Message ids that were given a receipt, in PostgreSQL. */
export class SubmissionStore {
  constructor(private readonly pool: Pool) {}

  /**
   * Takes the ids that nobody has, in one statement; `produced` are earlier batches now known to be in Kafka.
   * @returns how many ids were free
   */
  async reserve(
    batchId: string,
    rows: readonly Reservation[],
    at: Date,
    produced: readonly string[],
  ): Promise<number> {
    const column = (name: keyof Reservation) => rows.map((row) => row[name]).join('\n');
    const result = await this.pool.query<{ reserved: number }>({
      name: 'gateway-reserve',
      text: RESERVE,
      values: [
        column('sender'),
        column('messageId'),
        column('manifest'),
        column('evidence'),
        batchId,
        at.toISOString(),
        produced.join('\n'),
      ],
    });
    return result.rows[0]?.reserved ?? 0;
  }

  async find(ids: readonly Pick<Reservation, 'sender' | 'messageId'>[]): Promise<StoredSubmission[]> {
    const { rows } = await this.pool.query<StoredSubmission>({
      name: 'gateway-find',
      text: FIND,
      values: [ids.map(({ sender }) => sender).join('\n'), ids.map(({ messageId }) => messageId).join('\n')],
    });
    return rows;
  }

  /** Counts submissions of an abandoned batch to the batch with which they were produced at last. */
  async moveToBatch(
    batchId: string,
    rows: readonly Pick<Reservation, 'sender' | 'messageId'>[],
  ): Promise<void> {
    await this.pool.query(
      `update submission s set batch_id = $3::uuid
         from unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n')) as k(sender, message_id)
        where s.sender = k.sender and s.message_id = k.message_id::uuid`,
      [
        rows.map(({ sender }) => sender).join('\n'),
        rows.map(({ messageId }) => messageId).join('\n'),
        batchId,
      ],
    );
  }

  async markProduced(batches: readonly string[]): Promise<void> {
    await this.pool.query(
      `insert into batch (batch_id) select id::uuid from unnest(string_to_array($1, E'\\n')) as id
       on conflict do nothing`,
      [batches.join('\n')],
    );
  }

  /** Forgets what is older than `before`, a bounded number of rows at a time. */
  async prune(before: Date): Promise<number> {
    let total = 0;
    for (const [table, column] of [
      ['submission', 'accepted_at'],
      ['acknowledgement', 'accepted_at'],
      ['batch', 'produced_at'],
    ] as const) {
      // A batch must outlive its submissions, or they would be produced again.
      const grace = table === 'batch' ? `interval '1 day'` : `interval '0'`;
      for (let deleted = PRUNE_ROWS; deleted === PRUNE_ROWS; total += deleted) {
        const result = await this.pool.query(
          `delete from ${table} where ctid = any(array(
             select ctid from ${table} where ${column} < $1::timestamptz - ${grace} limit ${PRUNE_ROWS}))`,
          [before.toISOString()],
        );
        deleted = result.rowCount ?? 0;
      }
    }
    return total;
  }
}
