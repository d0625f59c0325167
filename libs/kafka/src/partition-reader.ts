import { BrokerLink, loadTopics, StaleMetadata, unknownTopic } from './broker-link.js';
import { decodeFetchResponse, FETCH_VERSION, type FetchedPartition } from './fetch-response.js';
import { groupBy } from './group-by.js';
import { protocolOf, REQUEST_MS, sendRequest, type Cluster } from './kafkajs-internals.js';
import { decodeRecordBatches } from './record-batch.js';
import type { KafkaRecord, KafkaSettings } from './records.js';

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_BYTES_PER_PARTITION = 1024 * 1024;
/** With leaders on several brokers one empty long poll would hold back what another broker has: poll in short. */
const SHARED_WAIT_MS = 500;

export interface Position {
  topic: string;
  partition: number;
  /** of the first record wanted */
  offset: bigint;
}

export interface FetchOptions {
  /** longest wait for data, ms; 0 answers at once */
  maxWaitMs: number;
  minBytes?: number;
  /** soft bound of one answer in bytes: the first batch comes whole even when it is longer */
  maxBytes?: number;
  maxBytesPerPartition?: number;
}

export interface PartitionSlice {
  topic: string;
  partition: number;
  records: KafkaRecord[];
  /** offset the next record written will get; -1n when the partition could not be read this time */
  highWatermark: bigint;
  /** where to go on; may lie behind the last record (control batches, compaction) */
  nextOffset: bigint;
  /** the offset asked for is no longer, or not yet, in the partition */
  outOfRange?: boolean;
}

/**
 * Reads partitions at positions the caller keeps; it holds none itself and joins no consumer group. Calls wait for
 * one another on its connection, so a reader that polls long needs to be its own.
 */
export class PartitionReader {
  private readonly link: BrokerLink;

  constructor(settings: KafkaSettings) {
    this.link = new BrokerLink(settings);
  }

  /** @throws WaslError `unavailable` */
  async connect(): Promise<void> {
    await this.link.attempt(async () => {});
  }

  /** Partition numbers in order, asked anew each time. @throws WaslError `unknown-topic`, `unavailable` */
  async partitions(topic: string): Promise<number[]> {
    return this.link.attempt(async (cluster) => {
      cluster.targetTopics.delete(topic);
      await loadTopics(cluster, [topic]);
      return partitionNumbers(cluster, topic);
    });
  }

  /** First offset kept, or the offset the next record will get. @throws WaslError `unknown-topic`, `unavailable` */
  async offsets(topic: string, which: 'earliest' | 'latest'): Promise<Map<number, bigint>> {
    return this.link.attempt(async (cluster) => {
      await loadTopics(cluster, [topic]);
      const partitions = partitionNumbers(cluster, topic).map((partition) => ({ partition }));
      const [found] = await cluster.fetchTopicsOffset([
        { topic, partitions, fromBeginning: which === 'earliest' },
      ]);
      if (found?.partitions.length !== partitions.length) throw new StaleMetadata();
      const sorted = found.partitions.sort((a, b) => a.partition - b.partition);
      return new Map(sorted.map(({ partition, offset }) => [partition, BigInt(offset)]));
    });
  }

  /** One slice a position, in the same order. @throws WaslError `unknown-topic`, `unavailable` */
  async fetch(positions: Position[], options: FetchOptions): Promise<PartitionSlice[]> {
    if (positions.length === 0) return [];
    const started = Date.now();
    return this.link.attempt(async (cluster) => {
      const waitMs = Math.max(0, options.maxWaitMs - (Date.now() - started));
      await loadTopics(
        cluster,
        positions.map((position) => position.topic),
      );
      const fetched = await fetchFromLeaders(cluster, positions, { ...options, maxWaitMs: waitMs });
      const slices = positions.map((position) => sliceOf(position, fetched.get(idOf(position))));
      const failed = slices.some(({ highWatermark, outOfRange }) => highWatermark < 0n && !outOfRange);
      if (failed && slices.every(({ records, outOfRange }) => records.length === 0 && !outOfRange)) {
        throw new StaleMetadata('a partition has no leader that answers');
      }
      if (failed) cluster.targetTopics.clear();
      return slices;
    });
  }

  /** Ends a fetch under way with `unavailable`. */
  async close(): Promise<void> {
    this.link.close();
  }
}

function partitionNumbers(cluster: Cluster, topic: string): number[] {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  if (partitions.length === 0) throw new StaleMetadata();
  return partitions.sort((a, b) => a - b);
}

async function fetchFromLeaders(
  cluster: Cluster,
  positions: Position[],
  options: FetchOptions,
): Promise<Map<string, FetchedPartition>> {
  const byLeader = groupBy(positions, (position) => leaderOf(cluster, position));
  const maxWaitTime = byLeader.size > 1 ? Math.min(options.maxWaitMs, SHARED_WAIT_MS) : options.maxWaitMs;
  const answers = await Promise.all(
    [...byLeader].map(([nodeId, wanted]) =>
      fetchFromLeader(cluster, nodeId, wanted, { ...options, maxWaitMs: maxWaitTime }),
    ),
  );
  return new Map(answers.flat().map((partition) => [idOf(partition), partition]));
}

async function fetchFromLeader(
  cluster: Cluster,
  nodeId: number,
  positions: Position[],
  options: FetchOptions,
): Promise<FetchedPartition[]> {
  const broker = await cluster.findBroker({ nodeId });
  const maxBytes = options.maxBytesPerPartition ?? MAX_BYTES_PER_PARTITION;
  const byTopic = groupBy(positions, ({ topic }) => topic);
  const protocol = protocolOf(broker, 'Fetch', {
    isolationLevel: 0,
    maxWaitTime: options.maxWaitMs,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    topics: [...byTopic].map(([topic, wanted]) => ({
      topic,
      partitions: wanted.map(({ partition, offset }) => ({
        partition,
        fetchOffset: offset.toString(),
        maxBytes,
      })),
    })),
  });
  if (protocol.request.apiVersion !== FETCH_VERSION)
    throw new Error('The broker does not speak Fetch version 11');
  const response = { ...protocol.response, decode: async (raw: Buffer) => decodeFetchResponse(raw) };
  const requestTimeout = options.maxWaitMs + REQUEST_MS;
  const answer = await sendRequest<ReturnType<typeof decodeFetchResponse>>(broker, {
    ...protocol,
    response,
    requestTimeout,
  });
  return answer.partitions;
}

function leaderOf(cluster: Cluster, { topic, partition }: Position): number {
  const metadata = cluster.findTopicPartitionMetadata(topic);
  if (metadata.length === 0) throw new StaleMetadata();
  const found = metadata.find(({ partitionId }) => partitionId === partition);
  if (!found) throw unknownTopic(`${topic}, partition ${partition}`);
  if (found.leader < 0) throw new StaleMetadata();
  return found.leader;
}

function sliceOf(position: Position, fetched: FetchedPartition | undefined): PartitionSlice {
  const { topic, partition, offset } = position;
  const nothing = { topic, partition, records: [], highWatermark: -1n, nextOffset: offset };
  if (fetched?.error === 'OFFSET_OUT_OF_RANGE') return { ...nothing, outOfRange: true };
  if (!fetched || fetched.error) return nothing;
  const { records, nextOffset } = decodeRecordBatches(fetched.batches, topic, partition, offset);
  return { topic, partition, records, nextOffset, highWatermark: fetched.highWatermark };
}

function idOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${partition} ${topic}`;
}
