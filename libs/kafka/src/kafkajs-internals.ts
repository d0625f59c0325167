import { createRequire } from 'node:module';
import { connect } from 'node:net';
import type { KafkaSettings } from './records.js';
import './request-queue-patch.js';

/**
 * The one door to what lies below kafkajs' public interface: its cluster (metadata, leaders, connections) and its
 * request encoders. Version 2.2.4 is pinned and frozen; `partition-reader.int-spec.ts` and `producer.int-spec.ts`
 * hold this use against a real broker. See docs/decisions/2026-11-23-no-consumer-groups.md.
 */
export interface PartitionMetadata {
  partitionId: number;
  leader: number;
}

export interface Connection {
  socket?: { destroy(): void };
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

export interface Protocol {
  request: { apiVersion: number; expectResponse?: () => boolean; encode(): Promise<object> };
  response: { decode(raw: Buffer): Promise<unknown>; parse(decoded: unknown): unknown };
  requestTimeout?: number;
}

export interface Broker {
  nodeId: number;
  connectionPool: {
    pool: Connection[];
    send(protocol: Protocol & { logResponseError?: boolean }): Promise<unknown>;
  };
  lookupRequest(apiKey: number, definition: unknown): (parameters: object) => Protocol;
  initProducerId(request: {
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
}

export interface Cluster {
  targetTopics: Set<string>;
  brokerPool: { brokers: Record<string, Broker>; seedBroker?: Broker };
  connect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findTopicPartitionMetadata(topic: string): PartitionMetadata[];
  findBroker(node: { nodeId: number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  fetchTopicsOffset(
    topics: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
}

const require = createRequire(import.meta.url);
const ClusterClass = require('kafkajs/src/cluster/index.js') as new (options: object) => Cluster;
const { createLogger, LEVELS } = require('kafkajs/src/loggers/index.js') as {
  createLogger: (this: void, options: object) => object;
  LEVELS: { ERROR: number };
};
const { requests } = require('kafkajs/src/protocol/requests/index.js') as {
  requests: Record<string, unknown>;
};
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys.js') as Record<string, number>;
const protocolErrors = require('kafkajs/src/protocol/error.js') as {
  errorCodes: { code: number; type: string }[];
};
const murmur2OfKey = require('kafkajs/src/producer/partitioners/default/murmur2.js') as (
  key: Buffer,
) => number;

const CONNECTION_MS = 5_000;
export const REQUEST_MS = 15_000;
const METADATA_MS = 60_000;
const READ_UNCOMMITTED = 0;

export function newCluster(settings: KafkaSettings): Cluster {
  return new ClusterClass({
    logger: kafkajsLogger(settings),
    brokers: settings.brokers,
    clientId: settings.clientId,
    connectionTimeout: CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    enforceRequestTimeout: true,
    metadataMaxAge: METADATA_MS,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    // Nothing writes transactions to Wasl's topics, so the end of a partition is its high watermark.
    isolationLevel: READ_UNCOMMITTED,
    retry: { retries: 1, initialRetryTime: 50, maxRetryTime: 100 },
    socketFactory,
  });
}

function socketFactory({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }) {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, onConnect);
}

/**
 * kafkajs logs as ERROR what it or we retry right after ("coordinator is loading", a leader that moved). What comes
 * of it is logged or thrown by BrokerLink; the lines themselves are of use in debugging only.
 */
export function kafkajsLogger(settings: KafkaSettings): object {
  return createLogger({ level: LEVELS.ERROR, logCreator: () => kafkajsLogFunction(settings) });
}

export function kafkajsLogFunction({ logger }: KafkaSettings) {
  return ({ log }: { log: { message: string } }): void => logger?.debug({ source: 'kafkajs' }, log.message);
}

/** The request as kafkajs encodes it in the newest version it has in common with the broker. */
export function protocolOf(broker: Broker, name: 'Fetch' | 'Produce', parameters: object): Protocol {
  return broker.lookupRequest(apiKeys[name]!, requests[name])(parameters);
}

/** Sends a request and gives the decoded response as it is: errors of single partitions stay with their partitions. */
export async function sendRequest<Response>(broker: Broker, protocol: Protocol): Promise<Response> {
  const decode = (raw: Buffer) => protocol.response.decode(raw);
  const response = { decode, parse: (decoded: unknown) => decoded };
  return (await broker.connectionPool.send({ ...protocol, response, logResponseError: false })) as Response;
}

const ERROR_NAMES = new Map(protocolErrors.errorCodes.map(({ code, type }) => [code, type]));

/** Name of a Kafka protocol error code (`NOT_LEADER_FOR_PARTITION`); undefined for 0. */
export function errorName(code: number): string | undefined {
  return code === 0 ? undefined : (ERROR_NAMES.get(code) ?? `ERROR_${code}`);
}

/** Partition of a key as Kafka's Java client computes it. */
export function partitionOfKey(key: Buffer, partitions: number): number {
  return (murmur2OfKey(key) & 0x7fffffff) % partitions;
}

/** Closes the connections at once; requests under way fail. kafkajs' own disconnect waits for them, up to a long poll. */
export function destroyCluster(cluster: Cluster): void {
  const { brokers, seedBroker } = cluster.brokerPool;
  for (const broker of new Set([...Object.values(brokers), ...(seedBroker ? [seedBroker] : [])])) {
    for (const connection of broker.connectionPool.pool) {
      connection.rejectRequests(new Error('The connection was closed'));
      connection.disconnect().catch(() => {});
      connection.socket?.destroy();
    }
  }
}
