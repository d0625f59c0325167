export type { KafkaLogger, KafkaRecord, KafkaSettings, OutgoingRecord } from './records.js';
export { KafkaProducer } from './producer.js';
export {
  PartitionReader,
  type FetchOptions,
  type PartitionSlice,
  type Position,
} from './partition-reader.js';
export { TopicAdmin, type TopicDescription, type TopicSpecification } from './topic-admin.js';
