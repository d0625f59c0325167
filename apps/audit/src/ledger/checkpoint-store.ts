import type { Pool } from 'pg';
import type { Checkpoint } from '#protocol';

/** A checkpoint that anyone may have seen. */
export interface PublishedCheckpoint {
  size: number;
  root: Buffer;
  /** The signed note. */
  note: string;
  signedAt: Date;
}

interface CheckpointRow {
  size: string;
  root: Buffer;
  note: string;
  signed_at: Date;
}

const FRESH_MS = 100;

/** Published checkpoints; proofs and tiles are given for these sizes only. */
export class CheckpointStore {
  private newest: { at: number; checkpoint: PublishedCheckpoint | undefined } | undefined;

  constructor(private readonly pool: Pool) {}

  /** The newest one, at most 100 ms old news; undefined before the first was signed. */
  async latest(): Promise<PublishedCheckpoint | undefined> {
    if (this.newest && performance.now() - this.newest.at < FRESH_MS) return this.newest.checkpoint;
    const at = performance.now();
    const checkpoint = await this.one('order by size desc limit 1', []);
    this.newest = { at, checkpoint };
    return checkpoint;
  }

  /** The one of exactly this size, if it was ever published. */
  async ofSize(size: number): Promise<PublishedCheckpoint | undefined> {
    return this.one('where size = $1', [size]);
  }

  /** Idempotent: a size has one root, so two signers of it write the same. */
  async publish({ size, root }: Omit<Checkpoint, 'origin'>, note: string): Promise<void> {
    await this.pool.query(
      'insert into checkpoint (size, root, note) values ($1, $2, $3) on conflict (size) do nothing',
      [size, root, note],
    );
    this.newest = undefined;
  }

  private async one(condition: string, values: unknown[]): Promise<PublishedCheckpoint | undefined> {
    const { rows } = await this.pool.query<CheckpointRow>(
      `select size, root, note, signed_at from checkpoint ${condition}`,
      values,
    );
    const row = rows[0];
    return row && { size: Number(row.size), root: row.root, note: row.note, signedAt: row.signed_at };
  }
}
