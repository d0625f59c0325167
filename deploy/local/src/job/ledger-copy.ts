import { HttpChannel, type WaslClient } from '#client';
import {
  decodeEntryBundle,
  formatTlogProof,
  InclusionProver,
  leafHash,
  openCheckpoint,
  tilePath,
  TileTree,
  tileWidth,
  TILE_WIDTH,
  WaslError,
} from '#protocol';

const PARALLEL = 8;

/** A whole copy of the ledger, checked against its signed checkpoint: what an auditor would download. */
export class LedgerCopy {
  private constructor(
    readonly checkpoint: string,
    private readonly prover: InclusionProver,
    /** Index by leaf hash (base64). */
    private readonly positions: Map<string, number>,
  ) {}

  /**
   * Downloads every entry, computes the tree anew from them and compares its root with the checkpoint's.
   * @throws WaslError wrong-signature, unknown-log (checkpoint), invalid-proof (entries don't give the signed root)
   */
  static async download(auditUrl: string, vkeys: string[], auditor: WaslClient): Promise<LedgerCopy> {
    const channel = new HttpChannel(auditUrl, 1);
    const note = await channel
      .send({ method: 'GET', path: '/ledger/checkpoint' })
      .finally(() => channel.close());
    const checkpoint = note.body.toString('utf8');
    const { size, root } = openCheckpoint(checkpoint, vkeys);
    const tree = TileTree.empty();
    const tiles = new Map<string, Buffer>();
    const positions = new Map<string, number>();
    const bundles = Math.ceil(size / TILE_WIDTH);
    for (let first = 0; first < bundles; first += PARALLEL) {
      const group = Array.from({ length: Math.min(PARALLEL, bundles - first) }, (_, i) => first + i);
      const bodies = await Promise.all(
        group.map(async (index) => {
          const path = `/ledger/${tilePath('entries', index, tileWidth('entries', index, size))}`;
          return (await auditor.authorised(auditUrl, { method: 'GET', path })).body;
        }),
      );
      const leaves = bodies.flatMap((body) => decodeEntryBundle(body)).map((entry) => leafHash(entry));
      for (const leaf of leaves) positions.set(leaf.toString('base64'), positions.size);
      for (const tile of tree.append(leaves)) tiles.set(`${tile.level}/${tile.index}`, tile.hashes);
    }
    if (tree.size !== size || !tree.root().equals(root)) {
      throw new WaslError(
        'invalid-proof',
        'the entries of the ledger do not give the root that its checkpoint signs',
      );
    }
    const readTile = async (level: number, tile: number) => tiles.get(`${level}/${tile}`) ?? Buffer.alloc(0);
    return new LedgerCopy(checkpoint, new InclusionProver(size, readTile), positions);
  }

  /** The inclusion proof of an evidence token as tlog-proof text, or undefined when the ledger lacks it. */
  async proofOf(evidence: string): Promise<string | undefined> {
    const index = this.positions.get(leafHash(Buffer.from(evidence, 'latin1')).toString('base64'));
    if (index === undefined) return undefined;
    const hashes = await this.prover.proof(index);
    return formatTlogProof({ index, hashes, checkpoint: this.checkpoint });
  }
}
