import { WaslError } from '#protocol';
import { BrokerLink, loadTopics, StaleMetadata, unavailable } from './broker-link.js';
import { partitionOfKey, type Cluster } from './kafkajs-internals.js';
import { ProduceRound } from './produce-round.js';
import { ProducerIdentity } from './producer-identity.js';
import type { KafkaSettings, OutgoingRecord } from './records.js';
import { SendCall, SendQueue, type QueuedRecord } from './send-queue.js';

const QUEUE_RECORDS = 100_000;
const QUEUE_BYTES = 128 * 1024 * 1024;

/**
 * Idempotent producer with acks=all. Calls are gathered: while one round of records is at the broker the next one
 * fills, and only one is ever under way, so records of one key keep the order of the calls whatever is retried.
 *
 * kafkajs' own producer is left aside: after a failed attempt it gives the sequence numbers of records that may well
 * have been stored to other records, which the broker then acknowledges as duplicates and drops.
 */
export class KafkaProducer {
  private readonly link: BrokerLink;
  private readonly queue = new SendQueue();
  private identity: ProducerIdentity | undefined;
  private running: Promise<void> | undefined;
  private turn = 0;
  private closed = false;

  constructor(settings: KafkaSettings) {
    this.link = new BrokerLink(settings);
  }

  /** @throws WaslError `unavailable` */
  async connect(): Promise<void> {
    this.identity ??= await this.link.attempt((cluster) => ProducerIdentity.request(cluster));
  }

  /**
   * Resolves when every record is stored (acks=all). When it rejects, some of them may be stored all the same: send
   * them again with the same ids.
   * @throws WaslError `unavailable` (no broker, or too much waits already), `unknown-topic`, `body-too-large`
   */
  async send(records: OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.closed) throw unavailable('The producer is closed.');
    if (this.queue.length + records.length > QUEUE_RECORDS || this.queue.bytes > QUEUE_BYTES) {
      throw unavailable('Too many records wait for the message broker.');
    }
    const call = new SendCall(records.length);
    this.queue.push(records, call);
    this.running ??= this.run();
    await call.done;
  }

  /** Waits for what was sent, then closes the connection. */
  async disconnect(): Promise<void> {
    this.closed = true;
    await this.running;
    this.link.close();
  }

  private async run(): Promise<void> {
    // Calls of the same turn of the event loop go into one round.
    await new Promise(setImmediate);
    while (this.queue.length > 0) await this.round();
    this.running = undefined;
  }

  private async round(): Promise<void> {
    let round: ProduceRound | undefined;
    const upcoming = () => this.queue.upcomingTopics();
    try {
      await this.link.attempt(async (cluster) => {
        if (round)
          await refuseUnknown(cluster, round.topics, (topic, error) => round!.refuseTopic(topic, error));
        else await refuseUnknown(cluster, upcoming(), (topic, error) => this.queue.refuseTopic(topic, error));
        if (!round && this.queue.length === 0) return;
        round ??= new ProduceRound(this.queue.take((record) => this.partitionOf(cluster, record)));
        while (!round.finished) {
          if (!this.identity || this.identity.lost) this.identity = await ProducerIdentity.request(cluster);
          await round.attempt(cluster, this.identity);
        }
      });
    } catch (error) {
      // Records that may be stored have used their sequence numbers: go on under another producer id.
      this.identity = undefined;
      round?.refuse(error);
      if (!(error instanceof WaslError) || error.code === 'unavailable') this.queue.refuseAll(error);
    }
  }

  private partitionOf(cluster: Cluster, { topic, key }: QueuedRecord): number {
    const partitions = cluster.findTopicPartitionMetadata(topic).length;
    if (partitions === 0) throw new StaleMetadata(`no partitions known of ${topic}`);
    return key === null ? this.turn++ % partitions : partitionOfKey(key, partitions);
  }
}

/** Loads the topics; records for those that do not exist are refused, the others go on. */
async function refuseUnknown(
  cluster: Cluster,
  topics: Iterable<string>,
  refuse: (topic: string, error: WaslError) => void,
): Promise<void> {
  for (const topic of topics) {
    try {
      await loadTopics(cluster, [topic]);
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      refuse(topic, error);
    }
  }
}
