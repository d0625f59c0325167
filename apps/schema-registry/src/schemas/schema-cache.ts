import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { StoredSchema } from './schema-rows.js';
import type { SchemaStore } from './schema-store.js';

/** A content, and the answers that show it. */
export type CachedSchema = StoredSchema & { answers?: { more?: Buffer; less?: Buffer } };

/** Characters that make a string take two bytes each in memory. */
const WIDE = /[\u0100-\uffff]/;

/** Bytes that a content takes in memory at most, with the two answers made of it. */
function sizeOf({ text, references, metadata, ruleSet }: StoredSchema): number {
  const inMemory = WIDE.test(text) ? 2 * text.length : text.length;
  const rest = Buffer.byteLength(JSON.stringify([references, metadata, ruleSet]));
  return inMemory + 2 * Buffer.byteLength(text) + 4 * rest + 500;
}

/**
 * Contents looked up by id and GUID. A content never changes under its id, so it may stay in memory until it is
 * deleted for good, by whichever instance (`DeletionListener`).
 */
@Injectable()
export class SchemaCache {
  private readonly byId: LRUCache<string, CachedSchema>;
  private readonly byGuid: LRUCache<string, CachedSchema[]>;
  /** Counts deletions: what was read before one must not be kept after it. */
  private generation = 0;
  /** Off while deletions of other instances might go unheard. */
  private enabled = true;

  constructor(
    private readonly store: SchemaStore,
    bytes: number,
  ) {
    this.byId = new LRUCache({ maxSize: bytes >> 1, sizeCalculation: sizeOf });
    this.byGuid = new LRUCache({
      maxSize: bytes >> 1,
      sizeCalculation: (schemas) => schemas.reduce((sum, schema) => sum + sizeOf(schema), 0),
    });
  }

  /** Only what is in memory. */
  known(context: string, id: number): CachedSchema | undefined {
    return this.byId.get(`${id} ${context}`);
  }

  knownByGuid(guid: string): CachedSchema | undefined {
    return this.byGuid.get(guid)?.[0];
  }

  async schemaById(context: string, id: number): Promise<CachedSchema | undefined> {
    const key = `${id} ${context}`;
    const cached = this.byId.get(key);
    if (cached) return cached;
    const { generation } = this;
    const found = await this.store.schemaById(context, id);
    if (found && this.enabled && generation === this.generation) this.byId.set(key, found);
    return found;
  }

  async schemasByGuid(guid: string): Promise<CachedSchema[]> {
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
