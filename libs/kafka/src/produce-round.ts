import { WaslError } from '#protocol';
import { StaleMetadata, unavailable } from './broker-link.js';
import { groupBy } from './group-by.js';
import { errorName, sendRequest, type Cluster } from './kafkajs-internals.js';
import { produceRequest } from './produce-request.js';
import type { ProducerIdentity } from './producer-identity.js';
import { encodeRecordBatch } from './record-batch-encoder.js';
import type { QueuedRecord } from './send-queue.js';

const IDENTITY_LOST = [
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
];
const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
const REFUSED = ['INVALID_RECORD', 'POLICY_VIOLATION', 'TOPIC_AUTHORIZATION_FAILED', 'ERROR_87'];

interface Share {
  id: string;
  topic: string;
  partition: number;
  left: QueuedRecord[];
  /** most records in one batch: halved when the broker finds a batch too large */
  limit: number;
}

interface ProduceResponse {
  topics: { topicName: string; partitions: { partition: number; errorCode: number }[] }[];
}

/**
 * Records on their way together. An attempt sends to each leader one batch a partition; what is stored is
 * acknowledged, what the broker will never take is refused, and the rest stays, in order, so that the sequence numbers of a
 * batch that may have been stored are used again for that very batch.
 */
export class ProduceRound {
  private readonly shares = new Map<string, Share>();

  constructor(records: QueuedRecord[]) {
    for (const [id, left] of groupBy(records, ({ topic, partition }) => shareId(topic, partition!))) {
      const { topic, partition } = left[0]!;
      this.shares.set(id, { id, topic, partition: partition!, left, limit: left.length });
    }
  }

  get topics(): string[] {
    return [...this.shares.values()].map(({ topic }) => topic);
  }

  get finished(): boolean {
    return this.shares.size === 0;
  }

  /** @throws StaleMetadata when a partition's leader could not store, or the connection's error */
  async attempt(cluster: Cluster, identity: ProducerIdentity): Promise<void> {
    const byLeader = groupBy(this.shares.values(), (share) => leaderOf(cluster, share));
    const results = await Promise.allSettled(
      [...byLeader].map(([nodeId, shares]) => this.send(cluster, nodeId, identity, shares)),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  refuse(error: unknown): void {
    for (const share of this.shares.values()) this.refuseShare(share, error);
  }

  refuseTopic(topic: string, error: unknown): void {
    for (const share of this.shares.values()) if (share.topic === topic) this.refuseShare(share, error);
  }

  private async send(
    cluster: Cluster,
    nodeId: number,
    identity: ProducerIdentity,
    shares: Share[],
  ): Promise<void> {
    const broker = await cluster.findBroker({ nodeId });
    const batches = new Map(shares.map((share) => [share.id, share.left.slice(0, share.limit)]));
    const now = Date.now();
    const topics = [...groupBy(shares, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ id, partition }) => ({
        partition,
        batch: encodeRecordBatch(batches.get(id)!, now, identity.of(id)),
      })),
    }));
    const response = await sendRequest<ProduceResponse>(broker, produceRequest(broker, topics));

    let again: string | undefined;
    for (const { topicName, partitions } of response.topics) {
      for (const { partition, errorCode } of partitions) {
        const share = this.shares.get(shareId(topicName, partition))!;
        again = this.settle(identity, share, batches.get(share.id)!, errorName(errorCode)) ?? again;
      }
    }
    if (again) throw new StaleMetadata(again);
  }

  /** What came of one batch; gives the error that calls for another attempt. */
  private settle(
    identity: ProducerIdentity,
    share: Share,
    batch: QueuedRecord[],
    error: string | undefined,
  ): string | undefined {
    if (error === undefined || error === 'DUPLICATE_SEQUENCE_NUMBER') {
      identity.advance(share.id, batch.length);
      share.left.splice(0, batch.length);
      for (const { call } of batch) call.acknowledge();
      if (share.left.length === 0) this.shares.delete(share.id);
      return undefined;
    }
    if (TOO_LARGE.includes(error) && batch.length > 1) share.limit = Math.ceil(batch.length / 2);
    else if (TOO_LARGE.includes(error)) this.refuseShare(share, tooLarge(share.topic));
    else if (REFUSED.includes(error))
      this.refuseShare(share, unavailable(`Topic ${share.topic} takes no such record.`));
    else {
      if (IDENTITY_LOST.includes(error)) identity.lost = true;
      return error;
    }
    return undefined;
  }

  private refuseShare(share: Share, error: unknown): void {
    for (const { call } of share.left) call.refuse(error);
    this.shares.delete(share.id);
  }
}

function leaderOf(cluster: Cluster, { topic, partition }: Share): number {
  const metadata = cluster
    .findTopicPartitionMetadata(topic)
    .find(({ partitionId }) => partitionId === partition);
  if (!metadata || metadata.leader < 0)
    throw new StaleMetadata(`no leader for partition ${partition} of ${topic}`);
  return metadata.leader;
}

function shareId(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

function tooLarge(topic: string): WaslError {
  return new WaslError('body-too-large', `A record is larger than topic ${topic} takes.`);
}
