import fc from 'fast-check';
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  TILE_WIDTH,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '#protocol';
import { testDatabase, type TestDatabase } from '#testing';
import { readHead } from '../ledger/head.js';
import { TileStore } from '../ledger/tile-store.js';
import { emptyLedger, entryOf } from '../spec-ledger.js';
import type { VerifiedEntry } from './candidate.js';
import { LedgerWriter, StaleTree } from './ledger-writer.js';

const batchOf = (entries: VerifiedEntry[]) => ({ entries, quarantined: [], offsets: [], released: [] });
const some = (count: number) => Array.from({ length: count }, (_, i) => entryOf(`entry ${i} ${v7()}`));

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await pool?.end();
  await database.drop();
  database = await testDatabase();
  pool = await emptyLedger(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function loaded(): Promise<LedgerWriter> {
  const writer = new LedgerWriter(pool);
  await writer.load();
  return writer;
}

async function stored(): Promise<{ idx: number; data: Buffer }[]> {
  const { rows } = await pool.query<{ idx: string; data: Buffer }>(
    'select idx, data from entry order by idx',
  );
  return rows.map(({ idx, data }) => ({ idx: Number(idx), data }));
}

describe('appending', () => {
  it('gives dense indices over batches of any size and keeps the bytes', async () => {
    const writer = await loaded();
    const all = some(1_100);
    let start = 0;
    for (const size of [1, 255, 1, 300, 543]) {
      const appended = await writer.append(batchOf(all.slice(start, start + size)));
      expect(appended).toMatchObject({ first: start, count: size, duplicates: 0 });
      start += size;
    }
    const rows = await stored();
    expect(rows.map(({ idx }) => idx)).toEqual(all.map((_, i) => i));
    expect(rows.map(({ data }) => data.toString())).toEqual(all.map(({ data }) => data.toString()));
    expect(await readHead(pool)).toEqual({
      size: 1_100,
      root: treeRoot(all.map(({ data }) => leafHash(data))),
    });
  });

  it('counts evidence once: within a batch, in the same batch sent twice, after a restart', async () => {
    const writer = await loaded();
    const [a, b] = some(2) as [VerifiedEntry, VerifiedEntry];
    const onOtherTopic = { ...a, topic: 'civil-status.birth.v1', offset: 7n };
    expect(await writer.append(batchOf([a, b, onOtherTopic]))).toMatchObject({ count: 2, duplicates: 1 });
    expect(await writer.append(batchOf([a, b]))).toMatchObject({ count: 0, duplicates: 2 });
    expect(await (await loaded()).append(batchOf([b]))).toMatchObject({ count: 0, duplicates: 1 });
    expect(await stored()).toHaveLength(2);
  });

  it('puts other bytes under a taken id into quarantine, never into the ledger', async () => {
    const writer = await loaded();
    const [a] = some(1) as [VerifiedEntry];
    const forged = { ...a, data: Buffer.from('other bytes'), offset: 99n };
    await writer.append(batchOf([a]));
    const { count, quarantined } = await writer.append(batchOf([forged]));
    expect(count).toBe(0);
    expect(quarantined.map(({ reason }) => reason)).toEqual(['id-conflict']);
    const { rows } = await pool.query('select reason, record_offset, data from quarantine');
    expect(rows).toEqual([{ reason: 'id-conflict', record_offset: '99', data: Buffer.from('other bytes') }]);
  });

  it('stores offsets with the entries, or neither: an aborted transaction leaves nothing', async () => {
    const writer = await loaded();
    const good = some(3);
    await writer.append({ ...batchOf(good), offsets: [{ topic: 't', partition: 0, next: 3n }] });
    const before = await readHead(pool);
    // A topic with a NUL can't be stored: the transaction dies after entries and tiles were written.
    const dying = { ...batchOf(some(5)), offsets: [{ topic: 't\0', partition: 0, next: 8n }] };
    await expect(writer.append(dying)).rejects.toThrow();
    expect(await readHead(pool)).toEqual(before);
    expect(await stored()).toHaveLength(3);
    await expect(writer.append(batchOf(some(1)))).rejects.toThrow(StaleTree);
    await writer.load();
    expect(
      await writer.append({ ...dying, offsets: [{ topic: 't', partition: 0, next: 8n }] }),
    ).toMatchObject({
      first: 3,
      count: 5,
    });
    expect((await stored()).map(({ idx }) => idx)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('never forks with two writers at once: the later one is stale and begins again', async () => {
    const [leader, zombie] = [await loaded(), await loaded()];
    const entries = some(400);
    let stale = 0;
    async function appendAll(writer: LedgerWriter, mine: VerifiedEntry[]): Promise<void> {
      for (let i = 0; i < mine.length; i += 10) {
        for (;;) {
          try {
            await writer.append(batchOf(mine.slice(i, i + 10)));
            break;
          } catch (error) {
            expect(error).toBeInstanceOf(StaleTree);
            stale++;
            await writer.load();
          }
        }
      }
    }
    // Both were fed the same records, as two leaders reading the same offsets would be.
    await Promise.all([appendAll(leader, entries), appendAll(zombie, entries)]);
    expect(stale).toBeGreaterThan(0);
    const rows = await stored();
    expect(rows.map(({ idx }) => idx)).toEqual(entries.map((_, i) => i));
    expect(new Set(rows.map(({ data }) => data.toString())).size).toBe(400);
    expect((await readHead(pool)).root).toEqual(treeRoot(rows.map(({ data }) => leafHash(data))));
  });

  it('refuses to load a tree that does not lead to the stored root', async () => {
    await (await loaded()).append(batchOf(some(5)));
    await pool.query('alter table head disable trigger user');
    await pool.query(`update head set root = sha256('forged')`);
    await expect(loaded()).rejects.toThrow('do not lead to the stored root');
  });
});

describe('append-only tables', () => {
  it.each([
    [`update entry set data = 'x' where idx = 0`],
    ['delete from entry where idx = 0'],
    ['truncate entry'],
    [`update tile set hashes = sha256('forged') where level = 0`],
    [`update tile set hashes = substring(hashes from 1 for 32)`],
    ['delete from tile'],
    ['truncate tile'],
    [`update head set root = sha256('forged')`],
    ['update head set size = size - 1'],
    [`update head set origin = 'other', size = size + 1`],
    ['delete from head'],
    [`update checkpoint set note = 'forged'`],
    ['delete from checkpoint'],
    ['truncate checkpoint'],
    ['delete from source_offset'],
    ['delete from quarantine'],
  ])('refuse: %s', async (statement) => {
    await (await loaded()).append(batchOf(some(3)));
    await pool.query(`insert into checkpoint (size, root, note) values (3, sha256('x'), 'note')`);
    await expect(pool.query(statement)).rejects.toThrow(/append-only/);
  });

  it('let manifests be erased', async () => {
    const [entry] = some(1) as [VerifiedEntry];
    await (await loaded()).append(batchOf([{ ...entry, manifest: Buffer.from('a manifest') }]));
    expect((await pool.query('delete from manifest where idx = 0')).rowCount).toBe(1);
  });
});

/** RFC 6962 §2.1 word for word, sharing nothing with the tiles. */
function naiveRoot(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

describe('proofs over stored tiles', () => {
  it('hold for random sizes and indices against an independent tree', async () => {
    const writer = await loaded();
    const all = some(1_500);
    const leaves = all.map(({ data }) => leafHash(data));
    for (let start = 0; start < all.length; start += 190)
      await writer.append(batchOf(all.slice(start, start + 190)));
    const tiles = new TileStore(pool);
    const size = fc.integer({ min: 1, max: all.length });
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(), async (one, other, seed) => {
        const [size1, size2] = [Math.min(one, other), Math.max(one, other)];
        const [root1, root2] = [naiveRoot(leaves.slice(0, size1)), naiveRoot(leaves.slice(0, size2))];
        const index = seed % size2;
        const inclusion = await inclusionProof(index, size2, tiles.read);
        verifyInclusion({ index, size: size2, leafHash: leaves[index]!, proof: inclusion, root: root2 });
        const consistency = await consistencyProof(size1, size2, tiles.read);
        verifyConsistency({ size1, size2, root1, root2, proof: consistency });
      }),
      { numRuns: 150 },
    );
  });

  it('rest on tiles whose every row is what a naive tree has, at each size on the way', async () => {
    const writer = await loaded();
    const leaves: Buffer[] = [];
    for (const count of [1, 254, 1, 1, 255, 300]) {
      const entries = some(count);
      leaves.push(...entries.map(({ data }) => leafHash(data)));
      await writer.append(batchOf(entries));
      const { rows } = await pool.query<{ level: number; idx: string; hashes: Buffer }>('select * from tile');
      const levelOne = Math.floor(leaves.length / TILE_WIDTH);
      expect(rows.filter(({ level }) => level === 0)).toHaveLength(Math.ceil(leaves.length / TILE_WIDTH));
      for (const { level, idx, hashes } of rows) {
        const first = Number(idx) * TILE_WIDTH;
        const expected =
          level === 0
            ? leaves.slice(first, first + TILE_WIDTH)
            : Array.from({ length: levelOne }, (_, i) =>
                naiveRoot(leaves.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)),
              );
        expect(hashes.equals(Buffer.concat(expected))).toBe(true);
      }
    }
  });
});
