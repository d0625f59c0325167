import type { Cluster } from './kafkajs-internals.js';

const SEQUENCES = 2 ** 31;
// Sent with InitProducerId, of meaning to transactions only.
const TRANSACTION_MS = 60_000;

/** Producer id from the broker, and the next sequence number of each partition (KIP-98). */
export class ProducerIdentity {
  /** the broker no longer knows our numbers; a new identity is needed */
  lost = false;
  private readonly next = new Map<string, number>();

  constructor(
    readonly id: string,
    readonly epoch: number,
  ) {}

  static async request(cluster: Cluster): Promise<ProducerIdentity> {
    await cluster.refreshMetadata();
    const broker = await cluster.findControllerBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: TRANSACTION_MS });
    return new ProducerIdentity(producerId, producerEpoch);
  }

  sequence(partitionId: string): number {
    return this.next.get(partitionId) ?? 0;
  }

  advance(partitionId: string, count: number): void {
    this.next.set(partitionId, (this.sequence(partitionId) + count) % SEQUENCES);
  }
}
