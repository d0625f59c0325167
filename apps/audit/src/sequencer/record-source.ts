import type { KafkaRecord, PartitionReader } from '#kafka';
import type { Logger } from '#service';
import type { Quarantined } from './candidate.js';
import type { SourceOffset } from './ledger-rows.js';

const TOPIC_REFRESH_MS = 2_000;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_BYTES_PER_PARTITION = 2 * 1024 * 1024;

/** A place where Kafka no longer holds what was to be read. */
export interface OffsetGap {
  topic: string;
  partition: number;
  expected: bigint;
  resumedAt: bigint;
}

/** The trace that a gap leaves in the quarantine. */
export function gapRecord({ topic, partition, expected, resumedAt }: OffsetGap): Quarantined {
  const detail = `Kafka no longer held offset ${expected}; reading went on at ${resumedAt}`;
  return {
    topic,
    partition,
    offset: expected,
    reason: 'offset-gap',
    detail,
    recordedAt: 0,
    data: undefined,
    manifest: undefined,
  };
}

export interface SourceBatch {
  records: KafkaRecord[];
  /** Every partition that moved, with the offset to read next. */
  offsets: SourceOffset[];
  gaps: OffsetGap[];
}

interface Position {
  topic: string;
  partition: number;
  offset: bigint;
  highWatermark: bigint;
}

/** Reads `wasl.evidence` and all data topics in bounded batches, from offsets that the ledger keeps. */
export class RecordSource {
  private readonly positions = new Map<string, Position>();
  private stored = new Map<string, bigint>();
  private refreshedAt = -Infinity;
  private backlog: SourceBatch[] = [];

  constructor(
    private readonly reader: PartitionReader,
    private readonly topics: () => string[],
    private readonly batch: { entries: number; waitMs: number },
    private readonly logger: Logger,
  ) {}

  /** Records that Kafka holds and that were not handed out yet. */
  get lag(): number {
    let lag = 0n;
    for (const { offset, highWatermark } of this.positions.values())
      if (highWatermark > offset) lag += highWatermark - offset;
    return Number(lag) + this.backlog.reduce((sum, { records }) => sum + records.length, 0);
  }

  /** Goes to the given offsets; partitions without one are read from their start. */
  seek(offsets: readonly SourceOffset[]): void {
    this.stored = new Map(offsets.map(({ topic, partition, next }) => [nameOf(topic, partition), next]));
    this.positions.clear();
    this.backlog = [];
    this.refreshedAt = -Infinity;
  }

  /** The next records, at most a batch; empty after the waiting time. */
  async next(): Promise<SourceBatch> {
    if (this.backlog.length === 0) this.backlog = await this.fetch();
    return this.backlog.shift() ?? { records: [], offsets: [], gaps: [] };
  }

  private async fetch(): Promise<SourceBatch[]> {
    await this.refreshTopics();
    if (this.positions.size === 0) {
      await new Promise((resolve) => setTimeout(resolve, this.batch.waitMs));
      return [];
    }
    const fetched = await this.reader.fetch([...this.positions.values()], {
      maxWaitMs: this.batch.waitMs,
      // Let the broker gather records for the waiting time rather than answer each one by itself.
      minBytes: MAX_BYTES_PER_PARTITION,
      maxBytes: MAX_BYTES,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    });
    const batches: SourceBatch[] = [];
    for (const { topic, partition, records, highWatermark, nextOffset, outOfRange } of fetched) {
      const position = this.positions.get(nameOf(topic, partition));
      if (!position) continue;
      position.highWatermark = highWatermark;
      if (outOfRange) {
        batches.push({ records: [], offsets: [], gaps: [await this.resume(position)] });
      } else if (nextOffset > position.offset) {
        position.offset = nextOffset;
        batches.push(...split(records, { topic, partition, next: nextOffset }, this.batch.entries));
      }
    }
    return merge(batches, this.batch.entries);
  }

  /** Retention or a rebuilt broker took records away: that is recorded, and reading goes on where it can. */
  private async resume(position: Position): Promise<OffsetGap> {
    const { topic, partition, offset: expected } = position;
    position.offset = (await this.reader.offsets(topic, 'earliest')).get(partition) ?? 0n;
    this.logger.error(
      { topic, partition, expected: String(expected), resumedAt: String(position.offset) },
      'Kafka does not hold the next record to journal any more',
    );
    return { topic, partition, expected, resumedAt: position.offset };
  }

  private async refreshTopics(): Promise<void> {
    if (performance.now() - this.refreshedAt < TOPIC_REFRESH_MS) return;
    this.refreshedAt = performance.now();
    for (const topic of this.topics()) {
      let partitions: number[];
      try {
        partitions = await this.reader.partitions(topic);
      } catch (error) {
        this.logger.debug({ topic, err: error }, 'a topic to journal does not exist yet');
        continue;
      }
      const added = partitions.filter((partition) => !this.positions.has(nameOf(topic, partition)));
      if (added.length === 0) continue;
      const earliest = await this.reader.offsets(topic, 'earliest');
      for (const partition of added) {
        const name = nameOf(topic, partition);
        const offset = this.stored.get(name) ?? earliest.get(partition) ?? 0n;
        this.positions.set(name, { topic, partition, offset, highWatermark: 0n });
      }
    }
  }
}

const nameOf = (topic: string, partition: number) => `${topic}:${partition}`;

/** Cuts the records of one partition into batches, each with the offset after its last record. */
function split(records: KafkaRecord[], end: SourceOffset, limit: number): SourceBatch[] {
  const batches: SourceBatch[] = [];
  for (let start = 0; start < Math.max(records.length, 1); start += limit) {
    const part = records.slice(start, start + limit);
    const last = start + limit >= records.length;
    const next = last ? end.next : part.at(-1)!.offset + 1n;
    batches.push({ records: part, offsets: [{ ...end, next }], gaps: [] });
  }
  return batches;
}

/** Joins small batches of several partitions up to the limit, in order. */
function merge(batches: readonly SourceBatch[], limit: number): SourceBatch[] {
  const merged: SourceBatch[] = [];
  for (const batch of batches) {
    const last = merged.at(-1);
    const moved = new Set(last?.offsets.map(({ topic, partition }) => nameOf(topic, partition)));
    const joins =
      last !== undefined &&
      last.records.length + batch.records.length <= limit &&
      !batch.offsets.some(({ topic, partition }) => moved.has(nameOf(topic, partition)));
    if (!joins) {
      merged.push({ records: [...batch.records], offsets: [...batch.offsets], gaps: [...batch.gaps] });
      continue;
    }
    last.records.push(...batch.records);
    last.offsets.push(...batch.offsets);
    last.gaps.push(...batch.gaps);
  }
  return merged;
}
