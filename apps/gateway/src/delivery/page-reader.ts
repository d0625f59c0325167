import type { KafkaRecord, PartitionReader } from '#kafka';
import { WaslError } from '#protocol';
import type { Positions } from './cursor.js';
import { fairShares } from './fair-shares.js';

export const PAGE_BYTES = 4 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
/** A page takes some 20 MiB while it is made; who comes meanwhile waits for a turn. */
const CONCURRENT_PAGES = 4;
const WAITING_PAGES = 10_000;

export interface Page {
  /** Ordered by partition, then offset. */
  records: KafkaRecord[];
  next: Positions;
}

/** Reads pages of a topic at the positions of a caller, bounded in number and bytes. */
export class PageReader {
  private reading = 0;
  private readonly turns: (() => void)[] = [];

  constructor(private readonly reader: PartitionReader) {}

  /** Positions of the first messages kept. @throws WaslError unknown-topic, unavailable */
  beginning(topic: string): Promise<Positions> {
    return this.reader.offsets(topic, 'earliest');
  }

  /** The positions a caller brought, with partitions added since. @throws WaslError invalid-cursor */
  async resume(topic: string, positions: Positions): Promise<Positions> {
    const beginning = await this.beginning(topic);
    for (const partition of positions.keys()) {
      if (!beginning.has(partition))
        throw new WaslError('invalid-cursor', 'the cursor names an unknown partition');
    }
    return new Map(
      [...beginning].map(([partition, first]) => [partition, positions.get(partition) ?? first]),
    );
  }

  /** @throws WaslError cursor-expired, too-many-requests, unavailable */
  async read(topic: string, positions: Positions, limit: number): Promise<Page> {
    await this.turn();
    try {
      return await this.readPage(topic, positions, limit);
    } finally {
      const next = this.turns.shift();
      if (next) next();
      else this.reading -= 1;
    }
  }

  private async turn(): Promise<void> {
    if (this.reading < CONCURRENT_PAGES) {
      this.reading += 1;
      return;
    }
    if (this.turns.length >= WAITING_PAGES) {
      throw new WaslError('too-many-requests', 'too many pages are asked for', { retryAfterSeconds: 1 });
    }
    await new Promise<void>((resolve) => this.turns.push(resolve));
  }

  private async readPage(topic: string, positions: Positions, limit: number): Promise<Page> {
    const wanted = [...positions].map(([partition, offset]) => ({ topic, partition, offset }));
    const slices = await this.reader.fetch(wanted, {
      maxWaitMs: 0,
      maxBytes: PAGE_BYTES,
      maxBytesPerPartition: Math.max(PARTITION_BYTES, Math.floor(PAGE_BYTES / wanted.length)),
    });
    if (slices.some(({ outOfRange }) => outOfRange)) {
      throw new WaslError(
        'cursor-expired',
        'the messages at this cursor are no longer kept; begin without it',
      );
    }
    const shares = fairShares(
      slices.map(({ records }) => records.length),
      limit,
    );
    const records: KafkaRecord[] = [];
    const next: Positions = new Map();
    slices.forEach((slice, index) => {
      const taken = slice.records.slice(0, shares[index]);
      const last = taken.at(-1);
      records.push(...taken);
      const everything = taken.length === slice.records.length;
      next.set(slice.partition, everything ? slice.nextOffset : (last?.offset ?? -1n) + 1n);
      if (taken.length === 0 && !everything) next.set(slice.partition, positions.get(slice.partition) ?? 0n);
    });
    return { records, next };
  }
}
