import type { Pool, PoolClient } from 'pg';
import { leafHash, TileTree, type DirtyTile } from '#protocol';
import { readHead } from '../ledger/head.js';
import { TileStore } from '../ledger/tile-store.js';
import type { Quarantined, VerifiedEntry } from './candidate.js';
import { deduplicate } from './deduplicate.js';
import {
  copyEntries,
  copyManifests,
  storeOffsets,
  storeQuarantined,
  storeTiles,
  type SourceOffset,
} from './ledger-rows.js';

/** What one transaction makes of some records. */
export interface LedgerBatch {
  entries: VerifiedEntry[];
  quarantined: Quarantined[];
  /** Where reading goes on once this is committed. */
  offsets: SourceOffset[];
  /** Rows of the quarantine that these entries came from. */
  released: string[];
}

export interface Appended {
  /** Index of the first new entry. */
  first: number;
  count: number;
  duplicates: number;
  quarantined: Quarantined[];
}

/** The stored head is not the one this instance knows: another leader has appended. */
export class StaleTree extends Error {
  constructor() {
    super('the ledger was appended to by another instance');
    this.name = 'StaleTree';
  }
}

/**
 * Appends to the ledger in one transaction. The head row is locked first and must equal the tree in
 * memory, so two writers at once take turns and the later one finds itself stale: the log can't fork.
 */
export class LedgerWriter {
  private tree: TileTree | undefined;

  constructor(private readonly pool: Pool) {}

  get size(): number {
    return this.tree?.size ?? 0;
  }

  /** Restores the tree from its right edge. */
  async load(): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin isolation level repeatable read read only');
      const head = await readHead(client);
      const tree = await TileTree.load(head.size, new TileStore(client).read);
      if (!tree.root().equals(head.root)) throw new Error('the stored tiles do not lead to the stored root');
      this.tree = tree;
    } finally {
      await client.query('rollback').catch(() => undefined);
      client.release();
    }
  }

  /**
   * All or nothing. After any failure the tree is reloaded before the next append, since a commit whose
   * answer was lost may have taken place.
   * @throws StaleTree if another leader has appended meanwhile; offsets have to be read again too
   */
  async append(batch: LedgerBatch): Promise<Appended> {
    const tree = this.tree;
    if (!tree) throw new StaleTree();
    this.tree = undefined;
    const client = await this.pool.connect();
    let failed: Error | undefined;
    try {
      await client.query('begin');
      const { next, appended } = await this.appendWithin(client, tree, batch);
      await client.query('commit');
      this.tree = next;
      return appended;
    } catch (error) {
      failed = error as Error;
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      // A connection that failed in the middle of a COPY is not to be trusted again.
      client.release(failed && !(failed instanceof StaleTree) ? failed : undefined);
    }
  }

  private async appendWithin(client: PoolClient, tree: TileTree, batch: LedgerBatch) {
    const head = await readHead(client, 'for update');
    if (head.size !== tree.size || !head.root.equals(tree.root())) throw new StaleTree();
    const { fresh, duplicates, conflicts } = await deduplicate(client, batch.entries);
    let next = tree;
    if (fresh.length > 0) {
      next = tree.clone();
      const dirty: DirtyTile[] = next.append(fresh.map(({ data }) => leafHash(data)));
      await copyEntries(client, fresh, tree.size);
      await copyManifests(client, fresh, tree.size);
      await storeTiles(client, dirty);
      await client.query('update head set size = $1, root = $2', [next.size, next.root()]);
    }
    const quarantined = [...batch.quarantined, ...conflicts];
    await storeQuarantined(client, quarantined);
    if (batch.released.length > 0)
      await client.query('update quarantine set released_at = now() where id = any($1::bigint[])', [
        batch.released,
      ]);
    await storeOffsets(client, batch.offsets);
    return { next, appended: { first: tree.size, count: fresh.length, duplicates, quarantined } };
  }
}
