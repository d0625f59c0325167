import { LRUCache } from 'lru-cache';
import { CompiledContract } from './compiled-contract.js';
import type { SchemaSource } from './references.js';

export interface CompiledContractsOptions {
  /** contracts at most */
  contracts: number;
  /** of heap, estimated */
  bytes: number;
}

export const COMPILED_CONTRACTS_DEFAULTS: Readonly<CompiledContractsOptions> = {
  contracts: 256,
  bytes: 64 * 1024 * 1024,
};

/** Measured: an AJV instance, and what a character of a schema becomes in generated code and its closures. */
const BYTES_PER_CONTRACT = 40_000;
const BYTES_PER_CHARACTER = 90;

/**
 * Contracts compiled at first use. Those used longest ago are dropped whole, with their AJV instance, when there are too
 * many or they take too much memory. One that is larger than the whole cache is compiled each time.
 */
export class CompiledContracts {
  private readonly cache: LRUCache<string, CompiledContract>;

  constructor(options: Partial<CompiledContractsOptions> = {}) {
    const { contracts, bytes } = { ...COMPILED_CONTRACTS_DEFAULTS, ...options };
    this.cache = new LRUCache({ max: contracts, maxSize: bytes });
  }

  get size(): number {
    return this.cache.size;
  }

  /** Heap that the cached contracts take, estimated; bytes. */
  get bytes(): number {
    return this.cache.calculatedSize;
  }

  /**
   * @param key of this text and no other, as its hash or GUID
   * @throws WaslError `invalid-schema`
   */
  get(key: string, source: SchemaSource): CompiledContract {
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const { text, references } = source;
    const contract = CompiledContract.compile(text, references);
    let characters = text.length;
    for (const referenced of references?.values() ?? []) characters += referenced.length;
    this.cache.set(key, contract, { size: BYTES_PER_CONTRACT + characters * BYTES_PER_CHARACTER });
    return contract;
  }

  clear(): void {
    this.cache.clear();
  }
}
