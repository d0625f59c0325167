import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { References } from './references.js';
import { isObject, walkSchemas } from './schema-walk.js';

/** `$id` of a contract's schema, by which others refer to it: name and major version are its groups. */
export const CONTRACT_URN =
  /^urn:wasl:contract:([a-z][a-z0-9-]{0,62}\.[a-z][a-z0-9-]{0,62}):v([1-9]\d{0,3})$/;

/** A data topic `<domain>.<contract>.v<major>` in its parts. */
export interface TopicParts {
  topic: string;
  /** `<domain>.<contract>` */
  name: string;
  major: number;
}

const TOPIC = /^([a-z][a-z0-9-]{0,62}\.[a-z][a-z0-9-]{0,62})\.v([1-9]\d{0,3})$/;

export function parseTopic(text: string): TopicParts | undefined {
  const match = TOPIC.exec(text);
  return match ? { topic: text, name: match[1]!, major: Number(match[2]) } : undefined;
}

const MOST_REFERENCES = 100;

export function contractUrn({ name, major }: { name: string; major: number }): string {
  return `urn:wasl:contract:${name}:v${major}`;
}

/** The topic, in name if not in fact, of the contract that a URN names; `undefined` for any other text. */
export function topicOfUrn(urn: string): string | undefined {
  const [, name, major] = CONTRACT_URN.exec(urn) ?? [];
  return name === undefined ? undefined : `${name}.v${major}`;
}

/** URNs of the contracts that a schema refers to itself, in order; `[]` for a text that is no schema. */
export function referencesOf(schemaText: string): string[] {
  let schema: unknown;
  try {
    schema = JSON.parse(schemaText);
  } catch {
    return [];
  }
  const own = isObject(schema) ? schema['$id'] : undefined;
  const urns = new Set<string>();
  walkSchemas(schema, ({ $ref }) => {
    const urn = typeof $ref === 'string' ? $ref.replace(/#.*$/s, '') : '';
    if (CONTRACT_URN.test(urn) && urn !== own) urns.add(urn);
  });
  return [...urns].sort();
}

/** What a schema refers to, directly or through others, as far as `textOf` knows it. */
export function resolvedReferences(
  schemaText: string,
  textOf: (urn: string) => string | undefined,
): References {
  const walk = referencesReached(schemaText);
  let step = walk.next();
  while (step.done !== true) step = walk.next(textOf(step.value));
  return step.value;
}

/** The same where texts are looked up elsewhere, one after the other. @throws what `textOf` throws */
export async function fetchedReferences(
  schemaText: string,
  textOf: (urn: string) => Promise<string | undefined>,
): Promise<References> {
  const walk = referencesReached(schemaText);
  let step = walk.next();
  while (step.done !== true) step = walk.next(await textOf(step.value));
  return step.value;
}

/** Asks for the text of each contract that is reached, once, and answers all that it was given. */
function* referencesReached(schemaText: string): Generator<string, References, string | undefined> {
  const found = new Map<string, string>();
  const pending = referencesOf(schemaText);
  const asked = new Set<string>();
  for (let urn = pending.pop(); urn !== undefined && found.size < MOST_REFERENCES; urn = pending.pop()) {
    if (asked.has(urn)) continue;
    asked.add(urn);
    const text = yield urn;
    if (text === undefined) continue;
    found.set(urn, text);
    pending.push(...referencesOf(text));
  }
  return found;
}

/** Texts of contracts by URN, from a folder `<domain>/<contract>/v<major>.schema.json`. */
export function contractTextsIn(directory: string): (urn: string) => string | undefined {
  return (urn) => {
    const [, name, major] = CONTRACT_URN.exec(urn) ?? [];
    if (name === undefined) return undefined;
    const file = join(directory, ...name.split('.'), `v${major}.schema.json`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
}

/**
 * Each contract after those it refers to, otherwise in the order given.
 * @throws Error that names the contracts which refer to each other in a circle
 */
export function inOrderOfReferences<C extends { name: string; major: number; schemaText: string }>(
  contracts: readonly C[],
): C[] {
  const byUrn = new Map(contracts.map((contract) => [contractUrn(contract), contract]));
  const done = new Set<string>();
  const ordered: C[] = [];
  for (const urn of byUrn.keys()) visit(urn, []);
  return ordered;

  function visit(urn: string, above: readonly string[]): void {
    const contract = byUrn.get(urn);
    if (contract === undefined || done.has(urn)) return;
    if (above.includes(urn)) {
      throw new Error(`contracts refer to each other in a circle: ${[...above, urn].join(' → ')}`);
    }
    for (const reference of referencesOf(contract.schemaText)) visit(reference, [...above, urn]);
    done.add(urn);
    ordered.push(contract);
  }
}
