import type { Pool } from 'pg';
import { takesPart, type Scope } from '../exchanges/exchange-sql.js';

/** An entry with the place in Kafka that it came from. */
export interface StoredEntry {
  index: number;
  data: Buffer;
  sourceTopic: string;
  sourcePartition: number;
  sourceOffset: string;
}

interface EntryRow {
  idx: string;
  data: Buffer;
  source_topic: string;
  source_partition: number;
  source_offset: string;
}

const COLUMNS = 'e.idx, e.data, e.source_topic, e.source_partition, e.source_offset';

/** Reads entries and the manifests that lie beside them. */
export class EntryStore {
  constructor(private readonly pool: Pool) {}

  /** @param jti id of the evidence, a UUID in lower case */
  async byJti(jti: string): Promise<StoredEntry | undefined> {
    const { rows } = await this.pool.query<EntryRow>(`select ${COLUMNS} from entry e where jti = $1`, [jti]);
    return rows.map(storedEntry)[0];
  }

  /**
   * Entries within the scope whose evidence is about a message or acknowledgement: acceptances first, then
   * the newest. Whoever knows an id can have it rejected at will, so nothing is cut off before the filters.
   */
  async aboutMessage(id: string, scope: Scope, sender?: string): Promise<StoredEntry[]> {
    const values = [id];
    const conditions = ['e.message = $1'];
    if (sender !== undefined) conditions.push(`e.sender = $${values.push(sender)}`);
    if ('member' in scope) conditions.push(takesPart(`$${values.push(scope.member)}`));
    const { rows } = await this.pool.query<EntryRow>(
      `select ${COLUMNS} from
         (select e.idx, e.event from exchange e where ${conditions.join(' and ')}
          order by (e.event = 'SubmissionAcceptance') desc, e.idx desc limit 50) x
       join entry e on e.idx = x.idx order by (x.event = 'SubmissionAcceptance') desc, x.idx desc`,
      values,
    );
    return rows.map(storedEntry);
  }

  /** The bytes of `count` entries from `first` on, fewer at the end of the ledger. */
  async range(first: number, count: number): Promise<Buffer[]> {
    const { rows } = await this.pool.query<{ data: Buffer }>(
      'select data from entry where idx >= $1 and idx < $2 order by idx',
      [first, first + count],
    );
    return rows.map(({ data }) => data);
  }

  /** Undefined if none came with the evidence, or it was erased. */
  async manifest(index: number): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ token: Buffer }>('select token from manifest where idx = $1', [
      index,
    ]);
    return rows[0]?.token.toString('latin1');
  }

  /** Whether a member acknowledged the record at this place. */
  async handedOverTo(
    member: string,
    { sourceTopic, sourcePartition, sourceOffset }: StoredEntry,
  ): Promise<boolean> {
    const { rows } = await this.pool.query(
      `select from handover where recipient_member = $1 and topic = $2 and partition = $3 and offsets @> $4::bigint limit 1`,
      [member, sourceTopic, sourcePartition, sourceOffset],
    );
    return rows.length > 0;
  }
}

function storedEntry(row: EntryRow): StoredEntry {
  return {
    index: Number(row.idx),
    data: row.data,
    sourceTopic: row.source_topic,
    sourcePartition: row.source_partition,
    sourceOffset: row.source_offset,
  };
}
