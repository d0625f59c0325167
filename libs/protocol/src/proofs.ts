import { WaslError } from './errors.js';
import { HASH_BYTES, nodeHash, rootOfHashes } from './merkle.js';
import type { ReadTile } from './tile-tree.js';
import { TILE_HEIGHT, TILE_WIDTH, tileWidth } from './tiles.js';

/** Largest power of two below n (n ≥ 2): where RFC 6962 splits a tree. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Hashes of subtrees of one tree, from tiles that are each read once; each hash is computed once. */
class Subtrees {
  private readonly tiles = new Map<string, Promise<Buffer>>();
  private readonly roots = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly size: number,
    private readonly readTile: ReadTile,
  ) {}

  /** Root of the leaves [start, end), where start is a multiple of the subtree's full width. */
  root(start: number, end: number): Promise<Buffer> {
    const name = `${start}-${end}`;
    let root = this.roots.get(name);
    if (root === undefined) this.roots.set(name, (root = this.compute(start, end)));
    return root;
  }

  private async compute(start: number, end: number): Promise<Buffer> {
    const leaves = end - start;
    const k = leaves === 1 ? 1 : splitPoint(leaves);
    if (leaves === 1 || k * 2 === leaves) return this.perfect(start, leaves);
    const [left, right] = await Promise.all([this.root(start, start + k), this.root(start + k, end)]);
    return nodeHash(left, right);
  }

  private async perfect(start: number, leaves: number): Promise<Buffer> {
    const level = Math.floor(Math.log2(leaves) / TILE_HEIGHT);
    const unit = TILE_WIDTH ** level;
    const firstNode = start / unit;
    const count = leaves / unit;
    const index = Math.floor(firstNode / TILE_WIDTH);
    const from = firstNode % TILE_WIDTH;
    const tile = await this.tile(level, index);
    if (tile.length < (from + count) * HASH_BYTES)
      throw new WaslError('invalid-proof', 'a stored tile is too short');
    return rootOfHashes(Buffer.from(tile.subarray(from * HASH_BYTES, (from + count) * HASH_BYTES)), count);
  }

  private tile(level: number, index: number): Promise<Buffer> {
    const name = `${level}/${index}`;
    let tile = this.tiles.get(name);
    if (tile === undefined) {
      tile = this.readTile(level, index, tileWidth(level, index, this.size));
      this.tiles.set(name, tile);
    }
    return tile;
  }
}

/** Inclusion proofs in one tree: for many of them, since each tile is read and each subtree hashed only once. */
export class InclusionProver {
  private readonly subtrees: Subtrees;

  /** Ask for the size of a published checkpoint only. */
  constructor(
    private readonly size: number,
    readTile: ReadTile,
  ) {
    this.subtrees = new Subtrees(size, readTile);
  }

  /**
   * Audit path of leaf `index`, lowest sibling first (RFC 6962 §2.1.1).
   * Throws invalid-proof if the index is outside the tree.
   */
  async proof(index: number): Promise<Buffer[]> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size) {
      throw new WaslError('invalid-proof', 'the index lies outside the tree');
    }
    const path: Promise<Buffer>[] = [];
    let start = 0;
    let end = this.size;
    while (end - start > 1) {
      const middle = start + splitPoint(end - start);
      if (index < middle) {
        path.unshift(this.subtrees.root(middle, end));
        end = middle;
      } else {
        path.unshift(this.subtrees.root(start, middle));
        start = middle;
      }
    }
    return Promise.all(path);
  }
}

/** One inclusion proof; see InclusionProver. */
export function inclusionProof(index: number, size: number, readTile: ReadTile): Promise<Buffer[]> {
  return new InclusionProver(size, readTile).proof(index);
}

/**
 * Proof that the tree of `size1` leaves is a prefix of that of `size2` (RFC 6962 §2.1.2).
 * Empty for size1 = 0 and for equal sizes. Throws invalid-proof if size1 > size2.
 */
export async function consistencyProof(size1: number, size2: number, readTile: ReadTile): Promise<Buffer[]> {
  if (!Number.isSafeInteger(size1) || size1 < 0 || size1 > size2) {
    throw new WaslError('invalid-proof', 'the first size must not exceed the second');
  }
  if (size1 === 0 || size1 === size2) return [];
  const subtrees = new Subtrees(size2, readTile);
  const path: Promise<Buffer>[] = [];
  let start = 0;
  let end = size2;
  // Descend to where the first tree ends as one subtree; its root is known to the verifier if nothing precedes it.
  while (end !== size1) {
    const middle = start + splitPoint(end - start);
    if (size1 <= middle) {
      path.unshift(subtrees.root(middle, end));
      end = middle;
    } else {
      path.unshift(subtrees.root(start, middle));
      start = middle;
    }
  }
  if (start > 0) path.unshift(subtrees.root(start, end));
  return Promise.all(path);
}
