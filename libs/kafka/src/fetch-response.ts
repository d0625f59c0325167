import { ByteReader } from './byte-reader.js';
import { errorName } from './kafkajs-internals.js';

/** Version of the Fetch response decoded here; the newest that kafkajs 2.2.4 asks for. */
export const FETCH_VERSION = 11;
const ABORTED_TRANSACTION_BYTES = 16;

export interface FetchedPartition {
  topic: string;
  partition: number;
  error: string | undefined;
  highWatermark: bigint;
  /** record batches as they came */
  batches: Buffer;
}

/**
 * Fetch Response (Version: 11) => throttle_time_ms error_code session_id [responses]. Our own decoder, because that
 * of kafkajs fails the whole response for one partition's error and forgets where an empty batch ends.
 */
export function decodeFetchResponse(raw: Buffer): {
  clientSideThrottleTime: number;
  partitions: FetchedPartition[];
} {
  const reader = new ByteReader(raw);
  const clientSideThrottleTime = reader.int32();
  const error = errorName(reader.int16());
  if (error) throw new Error(`Fetch failed: ${error}`);
  reader.int32(); // session id: sessions are not used
  const partitions: FetchedPartition[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.string();
    for (let left = reader.int32(); left > 0; left--) partitions.push(decodePartition(reader, topic));
  }
  return { clientSideThrottleTime, partitions };
}

function decodePartition(reader: ByteReader, topic: string): FetchedPartition {
  const partition = reader.int32();
  const error = errorName(reader.int16());
  const highWatermark = reader.int64();
  reader.int64(); // last stable offset
  reader.int64(); // log start offset
  reader.bytes(Math.max(0, reader.int32()) * ABORTED_TRANSACTION_BYTES);
  reader.int32(); // preferred read replica
  const batches = reader.bytes(Math.max(0, reader.int32()));
  return { topic, partition, error, highWatermark, batches };
}
