import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { StoredSchema } from './schema-rows.js';
import type { SchemaStore } from './schema-store.js';

/**
 * Contents looked up by id and GUID. A content never changes under its id, so it may stay in memory until it is
 * deleted for good, by whichever instance (`DeletionListener`).
 */
@Injectable()
export class SchemaCache {
  private readonly byId: LRUCache<string, StoredSchema>;
  private readonly byGuid = new LRUCache<string, StoredSchema[]>({ max: 10_000 });
  /** Counts deletions: what was read before one must not be kept after it. */
  private generation = 0;
  /** Off while deletions of other instances might go unheard. */
  private enabled = true;

  constructor(
    private readonly store: SchemaStore,
    bytes: number,
  ) {
    this.byId = new LRUCache({ maxSize: bytes, sizeCalculation: ({ text }) => 2 * text.length + 500 });
  }

  async schemaById(context: string, id: number): Promise<StoredSchema | undefined> {
    const key = `${id} ${context}`;
    const cached = this.byId.get(key);
    if (cached) return cached;
    const { generation } = this;
    const found = await this.store.schemaById(context, id);
    if (found && this.enabled && generation === this.generation) this.byId.set(key, found);
    return found;
  }

  async schemasByGuid(guid: string): Promise<StoredSchema[]> {
    const cached = this.byGuid.get(guid);
    if (cached) return cached;
    const { generation } = this;
    const found = await this.store.schemasByGuid(guid);
    // Another context may get this content later, which only adds to the list: no more than a page late.
    if (found.length > 0 && this.enabled && generation === this.generation) this.byGuid.set(guid, found);
    return found;
  }

  /** Something was deleted for good. */
  clear(): void {
    this.generation += 1;
    this.byId.clear();
    this.byGuid.clear();
  }

  enable(enabled: boolean): void {
    this.enabled = enabled;
    this.clear();
  }
}
