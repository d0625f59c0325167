import { CONTRACT_URN, contractUrn, parseTopic } from '../contract-references.js';
import { pointerToken, valueAt } from '../json-pointer.js';
import { decodeFragment, encodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject, walkSchemas } from '../schema-walk.js';
import { type ImportedContract, malformed, Notes, readYamlObject } from './imported-contract.js';
import { contractOfSchema } from './schema-contract.js';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const MOST_HOPS = 16;
const JSON_FORMAT = /^application\/(schema\+json|vnd\.(aai\.)?asyncapi(\+json)?)\b/;

/** A value and where in the document it is. */
interface Place {
  value: SchemaObject;
  pointer: string;
}

/**
 * Reads the first message of an AsyncAPI 3.x document whose payload is a JSON Schema or an AsyncAPI schema. What
 * {@link toAsyncApi} left out of a schema stays away.
 *
 * @throws WaslError `malformed-body` if there is no such message; `invalid-schema`
 */
export function fromAsyncApi(text: string): ImportedContract {
  const document = readYamlObject(text);
  if (!/^3\.\d+\.\d+$/.test(String(document['asyncapi']))) throw malformed('its asyncapi is not version 3');
  const notes = new Notes();
  const { channel, message } = firstMessage(document, notes);
  const governance = governanceOf(channel, message.value);
  return contractOfSchema(JSON.stringify(payloadOf(document, message, channel)), governance, notes);
}

function firstMessage(document: SchemaObject, notes: Notes): { channel: SchemaObject; message: Place } {
  const found = members(document['channels'], '/channels').flatMap((place) => {
    const channel = resolved(document, place);
    return members(channel.value['messages'], `${channel.pointer}/messages`).map((message) => ({
      channel: channel.value,
      message,
    }));
  });
  const [first] = found;
  if (first === undefined) throw malformed('it has no channel with a message');
  if (found.length > 1)
    notes.add(found[1]!.message.pointer, 'a contract has one record: only the first message is imported');
  return { channel: first.channel, message: resolved(document, first.message) };
}

/** The payload as a draft-07 schema that stands by itself. */
function payloadOf(document: SchemaObject, message: Place, channel: SchemaObject): SchemaObject {
  const { payload } = message.value;
  if (!isObject(payload)) throw malformed(`there is no payload at ${message.pointer}/payload`);
  const place = resolved(document, { value: payload, pointer: `${message.pointer}/payload` });
  const { schemaFormat = 'application/schema+json', schema = place.value } = place.value;
  if (!JSON_FORMAT.test(String(schemaFormat)) || !isObject(schema))
    throw malformed(`the payload at ${place.pointer} is no JSON Schema`);
  const home = schema === place.value ? place.pointer : `${place.pointer}/schema`;
  const root = standingAlone(document, structuredClone(schema), home);
  const topic = parseTopic(String(channel['address']));
  const isNamed = CONTRACT_URN.test(String(root['$id']));
  return { $schema: DRAFT_07, ...root, ...(topic && !isNamed ? { $id: contractUrn(topic) } : {}) };
}

/**
 * References into the schema are from its own root, and other schemas of the document are taken along: only whole ones
 * of `components`, of which there is one copy each, so that no document grows by being read.
 */
function standingAlone(document: SchemaObject, root: SchemaObject, home: string): SchemaObject {
  const prefix = `#${encodeFragment(home)}`;
  const definitions: SchemaObject = {};
  const names = new Map<string, string>();
  const pending = [root];
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    walkSchemas(schema, (inner) => {
      const reference = inner['$ref'];
      if (typeof reference !== 'string' || !reference.startsWith('#/')) return;
      inner['$ref'] =
        reference === prefix || reference.startsWith(`${prefix}/`)
          ? `#${reference.slice(prefix.length)}`
          : `#/definitions/${names.get(reference) ?? takenAlong(reference)}`;
    });
  }
  if (names.size === 0) return root;
  return {
    ...root,
    definitions: { ...(isObject(root['definitions']) ? root['definitions'] : {}), ...definitions },
  };

  function takenAlong(reference: string): string {
    if (!/^#\/components\/schemas\/[^/]+(\/schema)?$/.test(reference))
      throw malformed(`${reference.slice(0, 200)} is no whole schema of #/components/schemas`);
    const { value } = at(document, reference);
    const schema = structuredClone(
      'schemaFormat' in value && isObject(value['schema']) ? value['schema'] : value,
    );
    const name = `components-schema-${names.size + 1}`;
    names.set(reference, name);
    definitions[name] = schema;
    pending.push(schema);
    return name;
  }
}

function governanceOf(channel: SchemaObject, message: SchemaObject): SchemaObject {
  const bindings = isObject(channel['bindings']) ? channel['bindings']['kafka'] : undefined;
  const description = { fr: channel['description'], en: message['summary'] };
  const governance = {
    name: parseTopic(String(channel['address']))?.name,
    titles: channel['x-titles'],
    description: Object.values(description).every((text) => text === undefined) ? undefined : description,
    classification: message['x-classification'],
    partitions: isObject(bindings) ? bindings['partitions'] : undefined,
  };
  return JSON.parse(JSON.stringify(governance)) as SchemaObject;
}

function members(value: unknown, pointer: string): Place[] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([key, member]) =>
    isObject(member) ? [{ value: member, pointer: `${pointer}${pointerToken(key)}` }] : [],
  );
}

function resolved(document: SchemaObject, start: Place): Place {
  let place = start;
  for (let hops = 0; typeof place.value['$ref'] === 'string'; hops++) {
    const reference = place.value['$ref'];
    if (!reference.startsWith('#/') || hops === MOST_HOPS)
      throw malformed(`the reference at ${place.pointer} leads outside the document or in a circle`);
    place = at(document, reference);
  }
  return place;
}

/** What a reference within the document leads to. */
function at(document: SchemaObject, reference: string): Place {
  const pointer = decodeFragment(reference.slice(1));
  const value = valueAt(document, pointer);
  if (!isObject(value)) throw malformed(`nothing is at ${reference.slice(0, 200)}`);
  return { value, pointer };
}
