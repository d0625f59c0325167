import { canonicalText, schemaSha256 } from '../canonical.js';
import { contractUrn } from '../contract-references.js';
import { lintSchema } from '../lint.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { Message } from './asyncapi-messages.js';
import type { ExportedContract } from './exported-contract.js';
import type { Notes } from './imported-contract.js';

/** Member of a message that carries its contract word for word, since payloads are translated. */
export const CARRIED = 'x-contract';

/** The contract as it is, and the digest of its translation, by which a later edit of that shows. */
export function carriedContract(
  { governance, schemaText }: ExportedContract,
  payload: unknown,
): SchemaObject {
  return { governance, schema: schemaText, payloadSha256: digestOf(payload) };
}

/** What a message carries of its contract. */
export interface Carried {
  governance: SchemaObject;
  /** absent if it may not be taken */
  schemaText?: string;
}

/** The contract that a message carries, unless it is another's, or the payload was edited since. */
export function carriedBy(
  { topic, place }: Message,
  message: SchemaObject,
  payload: unknown,
  notes: Notes,
): Carried | undefined {
  const carried = message[CARRIED];
  if (!isObject(carried) || !isObject(carried['governance']) || typeof carried['schema'] !== 'string')
    return undefined;
  const at = `${place.pointer}/${CARRIED}`;
  const { governance, schema: text } = carried;
  const isOurs =
    topic !== undefined && governance['name'] === topic.name && idOf(text) === contractUrn(topic);
  if (!isOurs) {
    notes.add(at, "the contract it carries is not the channel's: made from the payload instead");
    return undefined;
  }
  if (carried['payloadSha256'] !== digestOf(payload)) {
    notes.add(at, 'the payload was edited since the export: the schema is made from it, in draft-07');
    return { governance };
  }
  return { governance, schemaText: canonicalText(text) };
}

function idOf(schemaText: string): unknown {
  if (lintSchema(schemaText).some(({ rule }) => rule !== '$ref')) return undefined;
  const schema = JSON.parse(schemaText) as unknown;
  return isObject(schema) ? schema['$id'] : undefined;
}

function digestOf(payload: unknown): string {
  return schemaSha256(JSON.stringify(payload));
}
