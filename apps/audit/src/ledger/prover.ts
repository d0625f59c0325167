import { consistencyProof, formatTlogProof, inclusionProof, WaslError, type ReadTile } from '#protocol';
import type { CheckpointStore } from './checkpoint-store.js';

/** Proofs from stored tiles, for published checkpoints only. */
export class Prover {
  constructor(
    private readonly checkpoints: CheckpointStore,
    private readonly readTile: ReadTile,
  ) {}

  /**
   * A C2SP tlog-proof of one entry against the newest checkpoint.
   * @throws WaslError not-yet-included
   */
  async inclusion(index: number): Promise<string> {
    const checkpoint = await this.checkpoints.latest();
    if (!checkpoint || index >= checkpoint.size) throw notYetIncluded();
    const hashes = await inclusionProof(index, checkpoint.size, this.readTile);
    return formatTlogProof({ index, hashes, checkpoint: checkpoint.note });
  }

  /**
   * That the tree of one published checkpoint is the beginning of another's.
   * @throws WaslError not-found if either size was never published, malformed-request if the first is larger
   */
  async consistency(
    first: number,
    second: number,
  ): Promise<{ notes: [string | null, string]; hashes: Buffer[] }> {
    if (first > second) throw new WaslError('malformed-request', 'first may not be larger than second');
    const [from, to] = await Promise.all([this.checkpoints.ofSize(first), this.checkpoints.ofSize(second)]);
    // Every tree extends the empty one, whether or not a checkpoint of it was ever signed.
    if ((!from && first !== 0) || !to)
      throw new WaslError('not-found', 'proofs are given between sizes of published checkpoints only');
    return {
      notes: [from?.note ?? null, to.note],
      hashes: await consistencyProof(first, second, this.readTile),
    };
  }
}

/** It may be on its way: the evidence of an accepted message is in the ledger within seconds. */
export const notYetIncluded = (): WaslError =>
  new WaslError(
    'not-yet-included',
    'no published checkpoint of the ledger covers it yet; ask again shortly',
    {
      retryAfterSeconds: 1,
    },
  );
