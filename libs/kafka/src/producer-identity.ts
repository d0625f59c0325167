import type { Cluster } from './kafkajs-internals.js';
import type { BatchIdentity } from './record-batch-encoder.js';

const SEQUENCES = 2 ** 31;
// Sent with InitProducerId, of meaning to transactions only.
const TRANSACTION_MS = 60_000;

/** Producer id from the broker, and the next sequence number of each partition (KIP-98). */
export class ProducerIdentity {
  /** the broker no longer knows our numbers; a new identity is needed */
  lost = false;
  private readonly next = new Map<string, number>();

  constructor(
    readonly id: bigint,
    readonly epoch: number,
  ) {}

  static async request(cluster: Cluster): Promise<ProducerIdentity> {
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: TRANSACTION_MS });
    return new ProducerIdentity(BigInt(producerId), producerEpoch);
  }

  /** Identity of the next batch of a partition. */
  of(partitionId: string): BatchIdentity {
    const firstSequence = this.next.get(partitionId) ?? 0;
    return { producerId: this.id, producerEpoch: this.epoch, firstSequence };
  }

  /** The next batch of the partition was stored, with `count` records. */
  advance(partitionId: string, count: number): void {
    this.next.set(partitionId, ((this.next.get(partitionId) ?? 0) + count) % SEQUENCES);
  }
}
