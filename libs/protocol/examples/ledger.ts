import {
  consistencyProof,
  encodeEntryBundle,
  formatTlogProof,
  inclusionProof,
  leafHash,
  signCheckpoint,
  TileTree,
  tilePath,
  treeRoot,
  type Checkpoint,
  type ReadTile,
} from '../src/index.js';
import { logSigner, ORIGIN } from './parties.js';

/** A ledger of fewer than 256 entries: one partial tile and one partial bundle. */
export class ExampleLedger {
  private constructor(
    readonly entries: string[],
    private readonly tree: TileTree,
    private readonly tiles: Map<string, Buffer>,
  ) {}

  static of(entries: string[]): ExampleLedger {
    const tree = TileTree.empty();
    const tiles = new Map<string, Buffer>();
    for (const tile of tree.append(entries.map(leafHash))) {
      tiles.set(tilePath(tile.level, tile.index, tile.width), tile.hashes);
    }
    const bundle = encodeEntryBundle(entries.map((entry) => Buffer.from(entry, 'ascii')));
    tiles.set(tilePath('entries', 0, entries.length), bundle);
    return new ExampleLedger(entries, tree, tiles);
  }

  get checkpoint(): Checkpoint {
    return { origin: ORIGIN, size: this.tree.size, root: this.tree.root() };
  }

  get signedCheckpoint(): string {
    return signCheckpoint(this.checkpoint, logSigner);
  }

  /** Path to content, as a static server would hold them. */
  get files(): Map<string, Buffer> {
    return new Map([...this.tiles, ['checkpoint', Buffer.from(this.signedCheckpoint)]]);
  }

  async proof(entry: string, checkpoint = this.signedCheckpoint): Promise<string> {
    const index = this.entries.indexOf(entry);
    const hashes = await inclusionProof(index, this.tree.size, this.read);
    return formatTlogProof({ index, hashes, checkpoint });
  }

  prefixRoot(size: number): Buffer {
    return treeRoot(this.entries.slice(0, size).map(leafHash));
  }

  consistency(size1: number): Promise<Buffer[]> {
    return consistencyProof(size1, this.tree.size, this.read);
  }

  private readonly read: ReadTile = (level, index, width) =>
    Promise.resolve(this.tiles.get(tilePath(level, index, width))!);
}
