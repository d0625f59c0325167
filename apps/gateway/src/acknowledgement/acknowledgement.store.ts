import type { Pool } from 'pg';

export interface StoredAcknowledgement {
  acknowledgement: string;
  evidence: string;
  /** The evidence is known to be in Kafka. */
  produced: boolean;
}

/** Acknowledgements by consumer and id, in PostgreSQL. */
export class AcknowledgementStore {
  constructor(private readonly pool: Pool) {}

  async find(consumer: string, id: string): Promise<StoredAcknowledgement | undefined> {
    const { rows } = await this.pool.query<StoredAcknowledgement>(
      `select acknowledgement, evidence, produced from acknowledgement
        where consumer = $1 and acknowledgement_id = $2`,
      [consumer, id],
    );
    return rows[0];
  }

  /** @returns false if another request took the id meanwhile */
  async reserve(
    consumer: string,
    id: string,
    acknowledgement: string,
    evidence: string,
    at: Date,
  ): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `insert into acknowledgement (consumer, acknowledgement_id, acknowledgement, evidence, accepted_at)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [consumer, id, acknowledgement, evidence, at.toISOString()],
    );
    return rowCount === 1;
  }

  async markProduced(consumer: string, id: string): Promise<void> {
    await this.pool.query(
      `update acknowledgement set produced = true where consumer = $1 and acknowledgement_id = $2`,
      [consumer, id],
    );
  }
}
