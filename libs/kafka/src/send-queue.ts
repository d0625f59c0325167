import type { OutgoingRecord } from './records.js';

const RECORD_OVERHEAD = 64;
const HEADER_OVERHEAD = 8;
/** Kafka refuses a batch above 1 MiB (message.max.bytes); a chunk's share of one partition stays below it. */
const CHUNK_PARTITION_BYTES = 900 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_RECORDS = 5_000;

/** One call of `send`: settled when all its records are acknowledged, or one is refused. */
export class SendCall {
  readonly done: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  constructor(private left: number) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  acknowledge(): void {
    this.left -= 1;
    if (this.left === 0) this.resolve();
  }

  refuse(error: unknown): void {
    this.reject(error);
  }
}

export interface QueuedRecord {
  topic: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string | Buffer>;
  bytes: number;
  call: SendCall;
  /** chosen once: a retry must go where the first attempt went */
  partition: number | undefined;
}

/** Records that wait for their turn, in the order of the calls. */
export class SendQueue {
  private records: QueuedRecord[] = [];
  private head = 0;
  bytes = 0;

  get length(): number {
    return this.records.length - this.head;
  }

  push(outgoing: OutgoingRecord[], call: SendCall): void {
    for (const record of outgoing) {
      const queued = queue(record, call);
      this.bytes += queued.bytes;
      this.records.push(queued);
    }
  }

  /** The next records that fit into one round, chosen by `partitionOf`; all stay in the queue when that throws. */
  take(partitionOf: (record: QueuedRecord) => number): QueuedRecord[] {
    const perPartition = new Map<string, number>();
    let bytes = 0;
    let end = this.head;
    for (; end < this.records.length && end - this.head < CHUNK_RECORDS; end++) {
      const record = this.records[end]!;
      record.partition ??= partitionOf(record);
      const id = `${record.partition} ${record.topic}`;
      const share = (perPartition.get(id) ?? 0) + record.bytes;
      if (end > this.head && (share > CHUNK_PARTITION_BYTES || bytes + record.bytes > CHUNK_BYTES)) break;
      perPartition.set(id, share);
      bytes += record.bytes;
    }
    const chunk = this.records.slice(this.head, end);
    this.head = end;
    this.bytes -= bytes;
    if (this.length === 0) this.clear();
    else if (this.head > 10_000) this.compact();
    return chunk;
  }

  /** Topics of the records that the next round may take. */
  upcomingTopics(): Set<string> {
    return new Set(this.records.slice(this.head, this.head + CHUNK_RECORDS).map(({ topic }) => topic));
  }

  refuseAll(error: unknown): void {
    for (const { call } of this.records.slice(this.head)) call.refuse(error);
    this.clear();
  }

  refuseTopic(topic: string, error: unknown): void {
    const refused = this.records.slice(this.head).filter((record) => record.topic === topic);
    this.records = this.records.slice(this.head).filter((record) => record.topic !== topic);
    this.head = 0;
    for (const { call, bytes } of refused) {
      this.bytes -= bytes;
      call.refuse(error);
    }
  }

  private clear(): void {
    this.records = [];
    this.head = 0;
    this.bytes = 0;
  }

  private compact(): void {
    this.records = this.records.slice(this.head);
    this.head = 0;
  }
}

function queue({ topic, key, value, headers = {} }: OutgoingRecord, call: SendCall): QueuedRecord {
  const keyBytes = typeof key === 'string' ? Buffer.from(key) : key;
  let bytes = RECORD_OVERHEAD + (keyBytes?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) bytes += HEADER_OVERHEAD + name.length + headers[name]!.length;
  return { topic, key: keyBytes, value, headers, bytes, call, partition: undefined };
}
