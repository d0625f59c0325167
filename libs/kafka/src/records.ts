/** What the library tells about the broker's absence; a pino logger fits. */
export interface KafkaLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface KafkaSettings {
  /** host:port */
  brokers: string[];
  clientId: string;
  logger?: KafkaLogger;
  /** how long an operation goes on trying while no broker answers, before `unavailable`; 15,000 ms unless set */
  patienceMs?: number;
}

/** A record as read. Buffers are views of the fetched block: copy what is kept longer than the rest of it. */
export interface KafkaRecord {
  topic: string;
  partition: number;
  offset: bigint;
  /** ms since the epoch */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  /** of several headers of one name the last; a null header value reads as empty */
  headers: Map<string, Buffer>;
}

export interface OutgoingRecord {
  topic: string;
  /** records of one key keep their order; null: partitions in turn */
  key: Buffer | string | null;
  /** null: a deletion (tombstone) */
  value: Buffer | null;
  headers?: Record<string, string | Buffer>;
}
