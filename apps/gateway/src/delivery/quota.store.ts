import type { Pool } from 'pg';

/** Messages delivered under an agreement with a daily quota (days in UTC). */
export class QuotaStore {
  constructor(private readonly pool: Pool) {}

  async delivered(agreement: string, day: string): Promise<number> {
    const { rows } = await this.pool.query<{ messages: string }>(
      'select messages from delivery where agreement = $1 and day = $2',
      [agreement, day],
    );
    return Number(rows[0]?.messages ?? 0);
  }

  async add(agreement: string, day: string, messages: number): Promise<void> {
    await this.pool.query(
      `insert into delivery (agreement, day, messages) values ($1, $2, $3)
       on conflict (agreement, day) do update set messages = delivery.messages + excluded.messages`,
      [agreement, day, messages],
    );
  }
}
