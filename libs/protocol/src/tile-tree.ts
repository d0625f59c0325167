import { WaslError } from './errors.js';
import { emptyRoot, HASH_BYTES, rootOfHashes } from './merkle.js';
import { edgeTiles, TILE_BYTES, TILE_WIDTH } from './tiles.js';

/** A tile that an append filled further; `hashes` is a snapshot of `width` × 32 bytes. */
export interface DirtyTile {
  level: number;
  index: number;
  width: number;
  hashes: Buffer;
}

/** Hashes of a tile: at least `width` × 32 bytes (a fuller tile will do). */
export type ReadTile = (level: number, index: number, width: number) => Promise<Buffer>;

interface Edge {
  /** Number of the tile being filled. */
  index: number;
  width: number;
  hashes: Buffer;
}

/** The right edge of an RFC 6962 tree in tiles: appends leaves, knows size and root, keeps no full tile. */
export class TileTree {
  private constructor(
    private leaves: number,
    private readonly edges: Edge[],
  ) {}

  static empty(): TileTree {
    return new TileTree(0, []);
  }

  /** Restores a tree from its partial tiles (see edgeTiles). Throws invalid-proof if a tile is too short. */
  static async load(size: number, readTile: ReadTile): Promise<TileTree> {
    const tree = new TileTree(size, []);
    for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / TILE_WIDTH)) {
      tree.edges[level] = {
        index: Math.floor(nodes / TILE_WIDTH),
        width: 0,
        hashes: Buffer.alloc(TILE_BYTES),
      };
    }
    for (const { level, index, width } of edgeTiles(size)) {
      const hashes = await readTile(level, index, width);
      if (hashes.length < width * HASH_BYTES)
        throw new WaslError('invalid-proof', 'a stored tile is too short');
      const edge = tree.edges[level]!;
      hashes.copy(edge.hashes, 0, 0, width * HASH_BYTES);
      edge.width = width;
    }
    return tree;
  }

  get size(): number {
    return this.leaves;
  }

  /** An independent copy: append to it, and keep it only once its tiles are stored. */
  clone(): TileTree {
    return new TileTree(
      this.leaves,
      this.edges.map((edge) => ({ ...edge, hashes: Buffer.from(edge.hashes) })),
    );
  }

  /**
   * Appends leaf hashes, given one by one or as one buffer of n × 32 bytes.
   * Returns every tile whose content changed, each once, at its width after the append.
   */
  append(leafHashes: readonly Uint8Array[] | Buffer): DirtyTile[] {
    const dirty: DirtyTile[] = [];
    const touched = new Set<number>();
    if (Buffer.isBuffer(leafHashes)) {
      for (let at = 0; at < leafHashes.length; at += HASH_BYTES) {
        this.push(0, leafHashes.subarray(at, at + HASH_BYTES), dirty, touched);
      }
      this.leaves += leafHashes.length / HASH_BYTES;
    } else {
      for (const hash of leafHashes) this.push(0, hash, dirty, touched);
      this.leaves += leafHashes.length;
    }
    for (const level of touched) {
      const { index, width, hashes } = this.edges[level]!;
      if (width > 0)
        dirty.push({ level, index, width, hashes: Buffer.from(hashes.subarray(0, width * HASH_BYTES)) });
    }
    return dirty;
  }

  private push(level: number, hash: Uint8Array, dirty: DirtyTile[], touched: Set<number>): void {
    const edge = (this.edges[level] ??= { index: 0, width: 0, hashes: Buffer.alloc(TILE_BYTES) });
    edge.hashes.set(hash, edge.width * HASH_BYTES);
    edge.width++;
    touched.add(level);
    if (edge.width < TILE_WIDTH) return;
    dirty.push({ level, index: edge.index, width: TILE_WIDTH, hashes: edge.hashes });
    const root = rootOfHashes(Buffer.from(edge.hashes), TILE_WIDTH);
    this.edges[level] = { index: edge.index + 1, width: 0, hashes: Buffer.alloc(TILE_BYTES) };
    this.push(level + 1, root, dirty, touched);
  }

  /** Root of the whole tree. The unfinished part below a level stands at its right as one more node. */
  root(): Buffer {
    let below: Buffer | undefined;
    for (const { width, hashes } of this.edges) {
      const nodes = below === undefined ? width : width + 1;
      if (nodes === 0) continue;
      const row = Buffer.allocUnsafe(nodes * HASH_BYTES);
      hashes.copy(row, 0, 0, width * HASH_BYTES);
      below?.copy(row, width * HASH_BYTES);
      below = rootOfHashes(row, nodes);
    }
    return below ?? emptyRoot;
  }
}
