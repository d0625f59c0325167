import { type Dialect, refHidesSiblings } from '../dialect.js';
import { flattened } from '../flatten.js';
import { pointerToken, valueAt } from '../json-pointer.js';
import type { SchemaDocument } from '../schema-document.js';
import { decodeFragment } from '../schema-uri.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { activeKeywords } from './keywords.js';

/** A subschema at its place in a document. */
export interface Place {
  graph: SchemaGraph;
  pointer: string;
  schema: SchemaObject | boolean;
  /** unique among the places of both documents */
  key: string;
}

/** A schema with those it refers to, its references resolved. Absent and inactive keywords read as `undefined`. */
export class SchemaGraph {
  readonly root: Place;
  readonly dialect: Dialect;
  readonly json: SchemaObject | boolean;
  readonly active: ReadonlySet<string>;
  readonly refHidesSiblings: boolean;
  private readonly places = new Map<string, Place>();
  /** found already, by the pointer of the keyword */
  readonly named = new Map<string, ReadonlyMap<string, Place>>();

  /** @param homes name of each schema that was embedded, by pointer */
  constructor(
    readonly name: 'candidate' | 'previous',
    readonly document: SchemaDocument,
    readonly homes: ReadonlyMap<string, string>,
  ) {
    this.json = flattened(document).schema;
    this.dialect = document.dialect;
    this.active = activeKeywords(document.dialect);
    this.refHidesSiblings = refHidesSiblings(document.dialect);
    this.root = this.at('')!;
  }

  at(pointer: string): Place | undefined {
    const known = this.places.get(pointer);
    if (known) return known;
    const schema = valueAt(this.json, pointer);
    if (typeof schema !== 'boolean' && !isObject(schema)) return undefined;
    const place = { graph: this, pointer, schema, key: `${this.name}#${pointer}` };
    this.places.set(pointer, place);
    return place;
  }
}

/** The value of a keyword that is active in the dialect. */
export function keyword(place: Place, name: string): unknown {
  if (typeof place.schema === 'boolean' || !Object.hasOwn(place.schema, name)) return undefined;
  if (name !== '$ref' && place.graph.refHidesSiblings && Object.hasOwn(place.schema, '$ref'))
    return undefined;
  return place.graph.active.has(name) ? place.schema[name] : undefined;
}

export function numberOf(place: Place, name: string): number | undefined {
  const value = keyword(place, name);
  return typeof value === 'number' ? value : undefined;
}

export function namesOf(place: Place, name: string): string[] {
  const value = keyword(place, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The subschema under a keyword that holds one. */
export function subschema(place: Place, name: string): Place | undefined {
  return keyword(place, name) === undefined ? undefined : place.graph.at(`${place.pointer}/${name}`);
}

/** The subschemas under a keyword that holds a list of them. */
export function subschemas(place: Place, name: string): Place[] {
  const list = keyword(place, name);
  if (!Array.isArray(list)) return [];
  return list.flatMap((_, index) => place.graph.at(`${place.pointer}/${name}/${index}`) ?? []);
}

const NONE: ReadonlyMap<string, Place> = new Map();

/** The subschemas under a keyword that holds them by name. */
export function namedSubschemas(place: Place, name: string): ReadonlyMap<string, Place> {
  const map = keyword(place, name);
  if (map === undefined) return NONE;
  const known = place.graph.named.get(`${place.pointer}/${name}`);
  if (known) return known;
  const found = new Map<string, Place>();
  place.graph.named.set(`${place.pointer}/${name}`, found);
  if (!isObject(map)) return found;
  for (const member of Object.keys(map)) {
    const child = place.graph.at(`${place.pointer}/${name}${pointerToken(member)}`);
    if (child) found.set(member, child);
  }
  return found;
}

/** Where `$ref` leads: all references are pointers into the document. */
export function target(place: Place): Place | undefined {
  const reference = keyword(place, '$ref');
  return typeof reference === 'string' ? place.graph.at(decodeFragment(reference.slice(1))) : undefined;
}

/** Names that a property of an object depends on, from either form of the keyword. */
export function dependentNames(place: Place): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of ['dependencies', 'dependentRequired']) {
    const map = keyword(place, name);
    if (!isObject(map)) continue;
    for (const [trigger, names] of Object.entries(map)) {
      if (Array.isArray(names)) found.set(trigger, [...(found.get(trigger) ?? []), ...(names as string[])]);
    }
  }
  return found;
}

/** Schemas that hold when a property is there, from either form of the keyword; the keyword goes first in each pair. */
export function dependentSchemas(place: Place): { trigger: string; then: Place }[] {
  return ['dependencies', 'dependentSchemas'].flatMap((name) =>
    [...namedSubschemas(place, name)].map(([trigger, then]) => ({ trigger, then })),
  );
}

/** Schemas of array items: of each of the first ones, and of the rest; `undefined` says nothing. */
export function itemSchemas(place: Place): { prefix: Place[]; rest: Place | undefined } {
  if (place.graph.active.has('prefixItems')) {
    return { prefix: subschemas(place, 'prefixItems'), rest: subschema(place, 'items') };
  }
  if (Array.isArray(keyword(place, 'items'))) {
    return { prefix: subschemas(place, 'items'), rest: subschema(place, 'additionalItems') };
  }
  return { prefix: [], rest: subschema(place, 'items') };
}
