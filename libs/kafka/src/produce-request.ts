import { protocolOf, type Broker, type Protocol } from './kafkajs-internals.js';

/** Version of the Produce request encoded here; the newest that kafkajs 2.2.4 knows the answer of. */
const PRODUCE_VERSION = 7;
const ACKS_ALL = -1;
const STORE_MS = 10_000;
const NO_TRANSACTION = -1;

export interface TopicBatches {
  topic: string;
  partitions: { partition: number; batch: Buffer }[];
}

/** Produce Request (Version: 7) => transactional_id acks timeout [topic [partition record_set]] */
export function produceRequest(broker: Broker, topics: TopicBatches[]): Protocol {
  const protocol = protocolOf(broker, 'Produce', { topicData: [] });
  if (protocol.request.apiVersion !== PRODUCE_VERSION) {
    throw new Error(`The broker does not speak Produce version ${PRODUCE_VERSION}`);
  }
  const buffer = Buffer.concat([...encode(topics)]);
  const encoded = { buf: buffer, buffer };
  return {
    ...protocol,
    request: { ...protocol.request, expectResponse: () => true, encode: async () => encoded },
  };
}

function* encode(topics: TopicBatches[]): Generator<Buffer> {
  const head = Buffer.allocUnsafe(12);
  head.writeInt16BE(NO_TRANSACTION, 0);
  head.writeInt16BE(ACKS_ALL, 2);
  head.writeInt32BE(STORE_MS, 4);
  head.writeInt32BE(topics.length, 8);
  yield head;
  for (const { topic, partitions } of topics) {
    const name = Buffer.from(topic);
    const start = Buffer.allocUnsafe(2 + name.length + 4);
    start.writeInt16BE(name.length, 0);
    name.copy(start, 2);
    start.writeInt32BE(partitions.length, 2 + name.length);
    yield start;
    for (const { partition, batch } of partitions) {
      const entry = Buffer.allocUnsafe(8);
      entry.writeInt32BE(partition, 0);
      entry.writeInt32BE(batch.length, 4);
      yield entry;
      yield batch;
    }
  }
}
