import { WaslError } from './errors.js';
import { HASH_BYTES } from './merkle.js';

/** Hashes of a full tile, and entries of a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;
export const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
export const MAX_TILE_LEVEL = 63;

/** Level of a hash tile, or the entry bundles beside level 0. */
export type TileLevel = number | 'entries';

export interface TileAddress {
  level: TileLevel;
  index: number;
  /** 1 to 256; 256 is the full tile. */
  width: number;
}

/** `tile/<L>/<N>[.p/<W>]`; N in groups of three digits, all but the last led by `x`. Width 256 or none: the full tile. */
export function tilePath(level: TileLevel, index: number, width: number = TILE_WIDTH): string {
  let digits = String(index);
  digits = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = digits.match(/[0-9]{3}/g) ?? [];
  const number = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${number}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The address, or undefined if the path is not in its one canonical form. */
export function parseTilePath(path: string): TileAddress | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const level = match[1] === 'entries' ? 'entries' : Number(match[1]);
  const index = Number(match[2]!.replaceAll(/[x/]/g, ''));
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3]);
  if (level !== 'entries' && level > MAX_TILE_LEVEL) return undefined;
  if (match[3] !== undefined && width >= TILE_WIDTH) return undefined;
  return tilePath(level, index, width) === path ? { level, index, width } : undefined;
}

/** Nodes that a tree of `size` leaves has completed at a tile level. */
export const nodesAtLevel = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Width of tile `index` at `level` in a tree of `size` leaves; 0 if the tree has no such tile. */
export function tileWidth(level: TileLevel, index: number, size: number): number {
  const nodes = nodesAtLevel(level === 'entries' ? 0 : level, size);
  return Math.max(0, Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH));
}

/** The partial tiles of a tree, lowest level first: what an append needs to go on from. */
export function edgeTiles(size: number): { level: number; index: number; width: number }[] {
  const tiles = [];
  for (let level = 0, nodes = size; nodes > 0; level++, nodes = nodesAtLevel(level, size)) {
    const width = nodes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(nodes / TILE_WIDTH), width });
  }
  return tiles;
}

/** Entries as big-endian 16-bit length and bytes, one after the other. Throws malformed-proof on more than 256 or > 65,535 bytes. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Buffer {
  if (entries.length > TILE_WIDTH)
    throw new WaslError('malformed-proof', 'a bundle holds at most 256 entries');
  let total = 0;
  for (const entry of entries) {
    if (entry.length > 0xffff) throw new WaslError('malformed-proof', 'an entry exceeds 65,535 bytes');
    total += 2 + entry.length;
  }
  const bundle = Buffer.allocUnsafe(total);
  let at = 0;
  for (const entry of entries) {
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return bundle;
}

/** Views into the bundle. Throws malformed-proof if it is cut short or holds more than 256 entries. */
export function decodeEntryBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const length = at + 2 <= bundle.length ? bundle.readUInt16BE(at) : Infinity;
    if (at + 2 + length > bundle.length)
      throw new WaslError('malformed-proof', 'the entry bundle is cut short');
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length > TILE_WIDTH)
    throw new WaslError('malformed-proof', 'a bundle holds at most 256 entries');
  return entries;
}
