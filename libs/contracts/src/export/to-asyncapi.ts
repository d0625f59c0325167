import type { SchemaObject } from '../schema-walk.js';
import { CARRIED, carriedContract } from './asyncapi-carried.js';
import { CLOUD_EVENTS_TRAIT } from './cloud-events.js';
import { toDraft07 } from './draft07.js';
import type { ExportedContract, Installation } from './exported-contract.js';

/** What the document as a whole is of: one topic, or all topics of a member. */
export interface AsyncApiSubject {
  /** URN */
  id: string;
  title: string;
  version: string;
  description?: string;
}

const DRAFT_07 = 'application/schema+json;version=draft-07';
/** Version of the Kafka bindings (asyncapi/bindings) that the document is written for. */
const BINDING = '0.5.0';

/**
 * AsyncAPI 3.1 document of contracts: a channel for each topic with Kafka bindings, messages with the CloudEvents
 * trait, payloads in draft-07. Common types have no channel and are left out.
 *
 * @throws Untranslatable if a schema has no equal in draft-07
 */
export function toAsyncApi(
  subject: AsyncApiSubject,
  contracts: ExportedContract[],
  { registry, kafka }: Installation,
): SchemaObject {
  const topics = contracts.filter(({ governance }) => governance.kind !== 'type');
  const servers = kafka === undefined ? {} : { servers: { bus: server(kafka, registry) } };
  const each = (make: (contract: ExportedContract) => unknown) =>
    Object.fromEntries(topics.map((contract) => [contract.topic, make(contract)]));
  const payloads = each(({ topic, flat }) => toDraft07(flat, `#/components/schemas/${topic}/schema`).schema);
  return {
    asyncapi: '3.1.0',
    id: subject.id,
    info: {
      title: subject.title,
      version: subject.version,
      ...(subject.description === undefined ? {} : { description: subject.description }),
      tags: domains(topics),
    },
    defaultContentType: 'application/json',
    ...servers,
    channels: each((contract) => channel(contract, kafka !== undefined)),
    operations: each(operation),
    components: {
      messages: each((contract) => message(contract, payloads[contract.topic])),
      schemas: each(({ topic }) => ({ schemaFormat: DRAFT_07, schema: payloads[topic] })),
      messageTraits: { cloudEvents: CLOUD_EVENTS_TRAIT },
    },
  };
}

function server(host: string, registry: string): SchemaObject {
  return {
    host,
    protocol: 'kafka-secure',
    description: 'Kafka of the bus; members send and receive through its gateway',
    bindings: {
      kafka: { schemaRegistryUrl: registry, schemaRegistryVendor: 'confluent', bindingVersion: BINDING },
    },
  };
}

function channel({ topic, governance }: ExportedContract, hasServer: boolean): SchemaObject {
  const partitions = governance.kind === 'type' ? {} : { partitions: governance.partitions };
  return {
    address: topic,
    title: governance.titles.fr,
    description: governance.description.fr,
    ...(hasServer ? { servers: [{ $ref: '#/servers/bus' }] } : {}),
    messages: { [topic]: { $ref: `#/components/messages/${topic}` } },
    bindings: { kafka: { topic, ...partitions, bindingVersion: BINDING } },
    'x-titles': governance.titles,
  };
}

function operation({ topic, governance }: ExportedContract): SchemaObject {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${topic}` },
    title: governance.titles.fr,
    messages: [{ $ref: `#/channels/${topic}/messages/${topic}` }],
  };
}

function message(contract: ExportedContract, payload: unknown): SchemaObject {
  const { topic, version, guid, state, governance } = contract;
  return {
    name: topic,
    title: governance.titles.en,
    summary: governance.description.en,
    contentType: 'application/json',
    traits: [{ $ref: '#/components/messageTraits/cloudEvents' }],
    payload: { $ref: `#/components/schemas/${topic}` },
    bindings: {
      kafka: {
        key: { type: 'string', description: 'Key that the sender gives the record in the manifest' },
        schemaIdLocation: 'header',
        bindingVersion: BINDING,
      },
    },
    [CARRIED]: carriedContract(contract, payload),
    'x-classification': governance.classification,
    'x-version': version,
    ...(guid === undefined ? {} : { 'x-schema-guid': guid }),
    ...(state === undefined ? {} : { 'x-state': state }),
  };
}

function domains(contracts: ExportedContract[]): { name: string }[] {
  const names = new Set(contracts.map(({ name }) => name.split('.')[0]!));
  return [...names].sort().map((name) => ({ name }));
}
