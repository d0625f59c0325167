import { WaslError } from '#protocol';
import { contractUrn, parseTopic, topicOfUrn } from '../contract-references.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { carriedBy } from './asyncapi-carried.js';
import { type Message, messagesOf, resolved } from './asyncapi-messages.js';
import { payloadOf, standingAlone } from './asyncapi-payload.js';
import {
  type ImportedContract,
  type ImportOutcome,
  malformed,
  Notes,
  shown,
  slug,
} from './imported-contract.js';
import { readYamlObject } from './read-yaml.js';
import { contractOfSchema } from './schema-contract.js';

/** Characters of all schemas made of one document: many messages may refer to one large schema. */
const MAX_MADE = 4 * 1024 * 1024;

/**
 * Makes a contract of every message of an AsyncAPI 3.x document, or of those that `only` names. What {@link toAsyncApi}
 * wrote comes back as it was; another payload stays in its dialect.
 *
 * @throws WaslError `malformed-body` if it is no such document or has no such message
 */
export function fromAsyncApi(text: string, only?: string): ImportOutcome {
  const document = readYamlObject(text);
  if (!/^3\.\d+\.\d+$/.test(String(document['asyncapi']))) {
    throw malformed('its asyncapi is not version 3: convert it first (asyncapi convert)', '/asyncapi');
  }
  const all = messagesOf(document);
  const wanted = only === undefined ? all : all.filter((message) => namesOf(message).includes(only));
  if (wanted.length === 0)
    throw malformed(
      `no message is called ${shown(only!)}; there are ${all
        .slice(0, 20)
        .map(({ name }) => shown(name))
        .join(', ')}`,
    );
  const outcome: ImportOutcome = { contracts: [], refused: [] };
  const names = new Names();
  let made = 0;
  for (const message of wanted) {
    try {
      const contract = contractOf(document, message, names);
      made += contract.schemaText.length;
      if (made > MAX_MADE) throw malformed('its messages make too much in one go: choose one by its name');
      outcome.contracts.push(contract);
    } catch (error) {
      if (!(error instanceof WaslError) || made > MAX_MADE) throw error;
      outcome.refused.push({ source: message.place.pointer, name: message.name, message: error.detail });
    }
  }
  return outcome;
}

function namesOf({ name, topic }: Message): string[] {
  return topic === undefined ? [name] : [name, topic.topic];
}

function contractOf(document: SchemaObject, message: Message, names: Names): ImportedContract {
  const notes = new Notes();
  const place = resolved(document, message.place);
  const payload = payloadOf(document, place);
  const carried = carriedBy(message, place.value, payload.value, notes);
  const source = message.place.pointer;
  const own = parseTopic(topicOfUrn(String(payload.value['$id'])) ?? '');
  const { name, major } = names.take({ ...message, topic: message.topic ?? own }, notes);
  if (carried?.schemaText !== undefined && name === message.topic?.name) {
    notes.addMissing(carried.governance);
    return { source, governance: carried.governance, schemaText: carried.schemaText, notes: notes.all };
  }
  const { $id: _, ...schema } = standingAlone(document, payload);
  const governance = { ...governanceOf(message.channel.value, place.value), ...carried?.governance, name };
  return contractOfSchema(JSON.stringify(schema), { source, governance, major }, notes);
}

/** Names of contracts, each given once: two messages of one topic, or of one name, are two contracts. */
class Names {
  private readonly given = new Set<string>();

  take({ name, topic, place }: Message, notes: Notes): { name: string; major: number } {
    const major = topic?.major ?? 1;
    if (topic !== undefined && this.isFree(topic.name, major)) return { name: topic.name, major };
    const domain = topic?.name.split('.')[0] ?? 'domain';
    const stem = slug(name) || 'contract';
    for (let number = 1; ; number += 1) {
      const suffix = number === 1 ? '' : `-${number}`;
      const candidate = `${domain}.${stem.slice(0, 63 - suffix.length)}${suffix}`;
      if (!this.isFree(candidate, 1)) continue;
      if (topic !== undefined || number > 1) {
        const message = `another message has the name ${topic?.name ?? `${domain}.${stem}`}: this one is ${candidate} until you name it`;
        notes.add(place.pointer, message);
      }
      return { name: candidate, major: 1 };
    }
  }

  private isFree(name: string, major: number): boolean {
    const urn = contractUrn({ name, major });
    if (this.given.has(urn)) return false;
    this.given.add(urn);
    return true;
  }
}

function governanceOf(channel: SchemaObject, message: SchemaObject): SchemaObject {
  const texts = {
    title: message['title'] ?? channel['title'],
    text: message['summary'] ?? message['description'] ?? channel['description'],
  };
  const bindings = isObject(channel['bindings']) ? channel['bindings']['kafka'] : undefined;
  const partitions = isObject(bindings) ? bindings['partitions'] : undefined;
  return {
    ...(typeof texts.title === 'string' ? { titles: { en: texts.title } } : {}),
    ...(typeof texts.text === 'string' ? { description: { en: texts.text } } : {}),
    ...(typeof partitions === 'number' ? { partitions } : {}),
  };
}
