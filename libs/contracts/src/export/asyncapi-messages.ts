import { pointerToken, valueAt } from '../json-pointer.js';
import { parseTopic, type TopicParts } from '../contract-references.js';
import { decodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { malformed, shown } from './imported-contract.js';

const MOST_HOPS = 16;
/** As many as a member's export has topics. */
const MOST_MESSAGES = 200;

/** A value and where in the document it is. */
export interface Place {
  value: SchemaObject;
  pointer: string;
}

/** A message as its channel has it. */
export interface Message {
  /** what people call it: its `name`, else its key in the channel */
  name: string;
  channel: Place;
  /** what the channel's address says, if that is a topic of a bus */
  topic: TopicParts | undefined;
  /** the message, or the reference to it */
  place: Place;
}

/**
 * Every message of every channel, in the order of the document; one that several channels share is there once for
 * each topic.
 *
 * @throws WaslError `malformed-body` if there is none, or too many
 */
export function messagesOf(document: SchemaObject): Message[] {
  const found = new Map<string, Message>();
  for (const one of members(document['channels'], '/channels')) {
    const channel = resolved(document, one);
    const topic = parseTopic(String(channel.value['address']));
    for (const [key, place] of entries(channel.value['messages'], `${channel.pointer}/messages`)) {
      const target = resolvedIfCan(document, place);
      const id = JSON.stringify([target.pointer, topic?.topic]);
      const { name } = target.value;
      if (!found.has(id))
        found.set(id, { name: typeof name === 'string' ? name : key, channel, topic, place });
    }
  }
  if (found.size === 0) throw malformed('it has no channel with a message', '/channels');
  if (found.size > MOST_MESSAGES)
    throw malformed(`it has more than ${MOST_MESSAGES} messages: split it`, '/channels');
  return [...found.values()];
}

/**
 * What a place refers to, through others.
 *
 * @throws WaslError `malformed-body` if that is outside the document, nothing, or a circle
 */
export function resolved(document: SchemaObject, start: Place): Place {
  let place = start;
  for (let hops = 0; Object.hasOwn(place.value, '$ref'); hops++) {
    const reference = place.value['$ref'];
    if (typeof reference !== 'string' || !reference.startsWith('#/'))
      throw malformed(outside(reference), `${start.pointer}/$ref`);
    if (hops === MOST_HOPS) throw malformed('the reference leads in a circle', `${start.pointer}/$ref`);
    const pointer = decodeFragment(reference.slice(1));
    const value = valueAt(document, pointer);
    if (!isObject(value)) throw malformed(`nothing is at ${shown(reference)}`, `${place.pointer}/$ref`);
    place = { value, pointer };
  }
  return place;
}

/** Why a reference is not followed, and what to do. */
export function outside(reference: unknown): string {
  return `the reference ${shown(String(reference))} leads out of the document; nothing is fetched: bundle it into one file first (asyncapi bundle)`;
}

function resolvedIfCan(document: SchemaObject, place: Place): Place {
  try {
    return resolved(document, place);
  } catch {
    return place;
  }
}

function entries(value: unknown, pointer: string): [key: string, place: Place][] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([key, member]) =>
    isObject(member) ? [[key, { value: member, pointer: pointer + pointerToken(key) }]] : [],
  );
}

function members(value: unknown, pointer: string): Place[] {
  return entries(value, pointer).map(([, place]) => place);
}
