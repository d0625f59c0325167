import { LRUCache } from 'lru-cache';
import type { ClientBase, Pool } from 'pg';
import { TILE_BYTES, type ReadTile } from '#protocol';

const CACHED_TILES = 2_048;
const HASH_BYTES = 32;

/** Stored tiles: one row a tile, whose narrower widths are prefixes of it. Full tiles never change and are cached. */
export class TileStore {
  private readonly full = new LRUCache<string, Buffer>({ max: CACHED_TILES });

  constructor(private readonly pool: Pool | ClientBase) {}

  /** At least `width` hashes of a tile. Fails if the tree has no such tile. */
  readonly read: ReadTile = async (level, index, width) => {
    const cached = this.full.get(`${level}/${index}`);
    if (cached) return cached;
    const { rows } = await this.pool.query<{ hashes: Buffer }>({
      name: 'tile-read',
      text: 'select hashes from tile where level = $1 and idx = $2',
      values: [level, index],
    });
    const hashes = rows[0]?.hashes;
    if (!hashes || hashes.length < width * HASH_BYTES)
      throw new Error(`tile ${level}/${index} is not ${width} wide`);
    if (hashes.length === TILE_BYTES) this.full.set(`${level}/${index}`, hashes);
    return hashes;
  };
}
