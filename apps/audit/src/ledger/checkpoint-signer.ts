import type { Pool } from 'pg';
import {
  consistencyProof,
  emptyRoot,
  openCheckpoint,
  signCheckpoint,
  verifyConsistency,
  WaslError,
  type Checkpoint,
  type NoteSigner,
  type ReadTile,
} from '#protocol';
import type { CheckpointStore } from './checkpoint-store.js';
import { LedgerFrozen } from './frozen.js';
import type { GuardFile } from './guard-file.js';
import { readHead, type Head } from './head.js';

/**
 * Signs what is committed, never anything that contradicts an earlier signature: before each one the
 * stored tree is proved to extend the checkpoint in the guard file and the newest in the database.
 */
export class CheckpointSigner {
  constructor(
    private readonly pool: Pool,
    private readonly readTile: ReadTile,
    private readonly checkpoints: CheckpointStore,
    private readonly guard: GuardFile,
    private readonly signer: NoteSigner,
  ) {}

  /**
   * Signs and publishes the stored head if it is new.
   * @returns the size signed, or undefined if there was nothing new
   * @throws LedgerFrozen if the database was rolled back or its tree is another one
   */
  async sign(): Promise<number | undefined> {
    const head = await readHead(this.pool);
    const published = await this.check(head);
    if (published?.size === head.size) return undefined;
    const checkpoint = { origin: this.signer.name, ...head };
    const note = signCheckpoint(checkpoint, this.signer);
    // First the guard, then the world: a checkpoint that someone has seen is always in the guard.
    await this.guard.write(note);
    await this.checkpoints.publish(checkpoint, note);
    return head.size;
  }

  /** @returns the newest published checkpoint, of which the head is proved to be an extension */
  private async check(head: Head) {
    const published = await this.checkpoints.latest();
    const note = await this.guard.read();
    if (note === undefined && published)
      throw new LedgerFrozen(
        `${this.guard.path} does not exist, though a checkpoint of ${published.size} entries was signed`,
      );
    if (note !== undefined) await this.extend(this.open(note), head, `the checkpoint in ${this.guard.path}`);
    if (published) await this.extend(published, head, 'the newest checkpoint in the database');
    return published;
  }

  private open(note: string): Checkpoint {
    try {
      return openCheckpoint(note, [this.signer]);
    } catch (error) {
      const why = error instanceof WaslError ? error.detail : 'it cannot be read';
      throw new LedgerFrozen(`${this.guard.path} is not a checkpoint signed by ${this.signer.name} (${why})`);
    }
  }

  private async extend(signed: Omit<Checkpoint, 'origin'>, head: Head, what: string): Promise<void> {
    if (signed.size > head.size)
      throw new LedgerFrozen(
        `${what} covers ${signed.size} entries, but the database holds ${head.size}: it was rolled back`,
      );
    if (signed.size === 0 && signed.root.equals(emptyRoot)) return;
    try {
      const proof = await consistencyProof(signed.size, head.size, this.readTile);
      verifyConsistency({
        size1: signed.size,
        root1: signed.root,
        size2: head.size,
        root2: head.root,
        proof,
      });
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      throw new LedgerFrozen(
        `${what} (${signed.size} entries) does not lead to the stored tree: it was forked`,
      );
    }
  }
}
