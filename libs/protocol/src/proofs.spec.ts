import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRoot, leafHash, treeRoot } from './merkle.js';
import { verifyConsistency, verifyInclusion } from './proof-verification.js';
import { consistencyProof, inclusionProof } from './proofs.js';
import { TileTree, type DirtyTile, type ReadTile } from './tile-tree.js';
import { tilePath, tileWidth, TILE_WIDTH } from './tiles.js';

const sha256 = (...parts: Uint8Array[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');
const zero = Buffer.from([0]);
const one = Buffer.from([1]);
const entry = (i: number): Buffer => Buffer.from(`entry ${i}`);

/** RFC 6962 §2.1 written down word for word. */
function naiveRoot(entries: Buffer[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(zero, entries[0]!);
  const k = split(entries.length);
  return sha256(one, naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}
/** RFC 6962 §2.1.1. */
function naivePath(m: number, entries: Buffer[]): Buffer[] {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...naivePath(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}
/** RFC 6962 §2.1.2, SUBPROOF. */
function naiveSubproof(m: number, entries: Buffer[], complete: boolean): Buffer[] {
  const n = entries.length;
  if (m === n) return complete ? [] : [naiveRoot(entries)];
  const k = split(n);
  return m <= k
    ? [...naiveSubproof(m, entries.slice(0, k), complete), naiveRoot(entries.slice(k))]
    : [...naiveSubproof(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}
const split = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/** A tile store as a server keeps it: only what append handed out. */
class Store {
  readonly tiles = new Map<string, Buffer>();
  put(dirty: DirtyTile[]): void {
    for (const { level, index, width, hashes } of dirty)
      this.tiles.set(tilePath(level, index, width), hashes);
  }
  read: ReadTile = (level, index, width) => {
    const tile = this.tiles.get(tilePath(level, index, width));
    return tile === undefined
      ? Promise.reject(new Error(`no ${tilePath(level, index, width)}`))
      : Promise.resolve(tile);
  };
}

function grow(batches: number[]): { tree: TileTree; store: Store; entries: Buffer[]; sizes: number[] } {
  const tree = TileTree.empty();
  const store = new Store();
  const entries: Buffer[] = [];
  const sizes: number[] = [];
  for (const batch of batches) {
    const added = Array.from({ length: batch }, (_, i) => entry(entries.length + i));
    entries.push(...added);
    store.put(tree.append(added.map(leafHash)));
    sizes.push(tree.size);
  }
  return { tree, store, entries, sizes };
}

const batches = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });

describe('TileTree', () => {
  it('has the root of nothing before the first leaf', () => {
    expect(TileTree.empty().root().toString('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(emptyRoot.equals(sha256())).toBe(true);
  });

  it('has the root that RFC 6962 defines, however the leaves arrive', () => {
    fc.assert(
      fc.property(batches, (sizes) => {
        const { tree, entries } = grow(sizes);
        expect(tree.root().equals(naiveRoot(entries))).toBe(true);
        expect(treeRoot(entries.map(leafHash)).equals(tree.root())).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('grows the tiles that C2SP tlog-tiles gives for a size of 70,000', () => {
    const { tree, store } = grow([70_000]);
    expect(store.tiles.size).toBe(273 + 1 + 1 + 1 + 1);
    expect(store.tiles.get('tile/0/273.p/112')).toHaveLength(112 * 32);
    expect(store.tiles.get('tile/1/000')).toHaveLength(8192);
    expect(store.tiles.get('tile/1/001.p/17')).toHaveLength(17 * 32);
    expect(store.tiles.get('tile/2/000.p/1')).toHaveLength(32);
    expect(tree.size).toBe(70_000);
  });

  it('serves no empty partial tile at a size of 256', () => {
    const { store } = grow([200, 56]);
    expect([...store.tiles.keys()]).toEqual(['tile/0/000.p/200', 'tile/0/000', 'tile/1/000.p/1']);
  });

  it('accepts leaves as one buffer and as single hashes alike', () => {
    const leaves = Array.from({ length: 777 }, (_, i) => leafHash(entry(i)));
    const single = TileTree.empty();
    const whole = TileTree.empty();
    expect(whole.append(Buffer.concat(leaves))).toEqual(single.append(leaves));
    expect([whole.size, whole.root()]).toEqual([single.size, single.root()]);
  });

  it('goes on after a restart from its partial tiles, and a clone does not disturb it', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 0, max: 600 }), async (sizes, more) => {
        const { tree, store } = grow(sizes);
        const restored = await TileTree.load(tree.size, store.read);
        const rest = Array.from({ length: more }, (_, i) => leafHash(entry(tree.size + i)));
        const before = tree.root();
        const fromClone = tree.clone().append(rest);
        expect(tree.root().equals(before)).toBe(true);
        expect(restored.append(rest)).toEqual(fromClone);
        tree.append(rest);
        expect(restored.root().equals(tree.root())).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('refuses to restore from a tile that is cut short', async () => {
    const short: ReadTile = () => Promise.resolve(Buffer.alloc(31));
    await expect(TileTree.load(1, short)).rejects.toMatchObject({ code: 'invalid-proof' });
  });
});

describe('inclusion proofs from tiles', () => {
  it('equal those of RFC 6962 for random trees and verify; any flipped bit or other index does not', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), fc.nat(), async (sizes, pick, flip) => {
        const { tree, store, entries } = grow(sizes);
        const index = pick % entries.length;
        const proof = await inclusionProof(index, tree.size, store.read);
        expect(proof).toEqual(naivePath(index, entries));
        const statement = {
          index,
          size: tree.size,
          leafHash: leafHash(entry(index)),
          proof,
          root: tree.root(),
        };
        verifyInclusion(statement);
        const refused = (changed: Partial<typeof statement>): void =>
          expect(() => verifyInclusion({ ...statement, ...changed })).toThrow('invalid-proof');
        refused({ index: index + 1 });
        refused({ leafHash: leafHash(entry(index + 1)) });
        refused({ proof: [...proof, tree.root()] });
        if (proof.length === 0) return;
        refused({ proof: proof.slice(1) });
        const bit = flip % (proof.length * 256);
        const broken = proof.map((hash) => Buffer.from(hash));
        broken[bit >> 8]![(bit & 255) >> 3]! ^= 1 << (bit & 7);
        refused({ proof: broken });
      }),
      { numRuns: 60 },
    );
  });

  it('are made for every published size of the past from tiles of that size or fuller ones', async () => {
    const { store, entries, sizes } = grow([1, 254, 1, 1, 300, 43]);
    for (const size of sizes) {
      const root = naiveRoot(entries.slice(0, size));
      for (const index of [0, size >> 1, size - 1]) {
        const proof = await inclusionProof(index, size, store.read);
        verifyInclusion({ index, size, leafHash: leafHash(entry(index)), proof, root });
      }
    }
    const fuller: ReadTile = (level, index) => store.read(level, index, tileWidth(level, index, 600));
    const proof = await inclusionProof(255, 256, fuller);
    expect(proof).toEqual(naivePath(255, entries.slice(0, 256)));
  });

  it('are refused outside the tree', async () => {
    const { store } = grow([5]);
    await expect(inclusionProof(5, 5, store.read)).rejects.toMatchObject({ code: 'invalid-proof' });
    await expect(inclusionProof(-1, 5, store.read)).rejects.toMatchObject({ code: 'invalid-proof' });
  });

  it('work beyond 65,536 leaves and read no tile twice', async () => {
    const { tree, store } = grow([66_000]);
    const reads: string[] = [];
    const counting: ReadTile = (level, index, width) => {
      reads.push(`${level}/${index}`);
      return store.read(level, index, width);
    };
    for (const index of [0, 65_535, 65_536, 65_999]) {
      const proof = await inclusionProof(index, 66_000, counting);
      verifyInclusion({ index, size: 66_000, leafHash: leafHash(entry(index)), proof, root: tree.root() });
      expect(new Set(reads).size).toBe(reads.length);
      reads.length = 0;
    }
    expect(tileWidth(0, 257, 66_000)).toBe(66_000 % TILE_WIDTH);
  });
});

describe('consistency proofs from tiles', () => {
  it('equal those of RFC 6962 for random trees and verify; changed ones do not', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), fc.nat(), async (sizes, pick, flip) => {
        const { tree, store, entries } = grow(sizes);
        const size1 = 1 + (pick % entries.length);
        const proof = await consistencyProof(size1, tree.size, store.read);
        expect(proof).toEqual(naiveSubproof(size1, entries, true));
        const root1 = naiveRoot(entries.slice(0, size1));
        const statement = { size1, size2: tree.size, root1, root2: tree.root(), proof };
        verifyConsistency(statement);
        const refused = (changed: Partial<typeof statement>): void =>
          expect(() => verifyConsistency({ ...statement, ...changed })).toThrow('invalid-proof');
        refused({ root1: leafHash('other') });
        refused({ root2: leafHash('other') });
        refused({ proof: [...proof, tree.root()] });
        if (proof.length === 0) return;
        refused({ proof: proof.slice(1) });
        const bit = flip % (proof.length * 256);
        const broken = proof.map((hash) => Buffer.from(hash));
        broken[bit >> 8]![(bit & 255) >> 3]! ^= 1 << (bit & 7);
        refused({ proof: broken });
      }),
      { numRuns: 60 },
    );
  });

  it('are empty from the empty tree, and refused backwards', async () => {
    const { store } = grow([9]);
    expect(await consistencyProof(0, 9, store.read)).toEqual([]);
    expect(await consistencyProof(9, 9, store.read)).toEqual([]);
    await expect(consistencyProof(10, 9, store.read)).rejects.toMatchObject({ code: 'invalid-proof' });
  });
});
