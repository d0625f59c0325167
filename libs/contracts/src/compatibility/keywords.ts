import { isObject, type SchemaObject } from '../schema-walk.js';
import type { Draft } from './draft.js';
import {
  type ArrayNode,
  canonicalJson,
  type Node,
  type NumberNode,
  type ObjectNode,
  type StringNode,
} from './model.js';

/** What keywords of one type say: the node's own members, what tells it from others, and what stands below it. */
export interface Typed {
  own: Own<StringNode> | Own<NumberNode> | Own<ObjectNode> | Own<ArrayNode>;
  content: readonly unknown[];
  children: readonly Node[];
}

type Own<T extends Node> = Omit<T, 'id' | 'references' | 'hasDefault' | 'isBytes'>;

export type TypedKind = 'string' | 'number' | 'object' | 'array';
export const TYPED_KINDS: readonly TypedKind[] = ['string', 'number', 'object', 'array'];

const EVERYWHERE: Record<TypedKind, readonly string[]> = {
  string: ['minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  object: ['required', 'minProperties', 'maxProperties', 'additionalProperties'],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
};
const OLD: Record<TypedKind, readonly string[]> = {
  string: ['format'],
  number: [],
  object: ['properties', 'patternProperties', 'dependencies'],
  array: ['additionalItems'],
};
const MODERN: Record<TypedKind, readonly string[]> = {
  string: [],
  number: [],
  object: ['dependentRequired', 'dependentSchemas', 'unevaluatedProperties'],
  array: ['prefixItems', 'unevaluatedItems'],
};
/** Only these formats are known to the library that a Confluent registry reads drafts 4 to 7 with. */
const KNOWN_FORMATS = new Set(
  'date-time uri email ipv4 ipv6 hostname json-pointer uri-reference uri-template date time regex relative-json-pointer'.split(
    ' ',
  ),
);

/** Whether any keyword makes the schema one of this type, be `type` there or not. */
export function saysSomethingOf(kind: TypedKind, schema: SchemaObject, draft: Draft): boolean {
  const has = (keyword: string): boolean => Object.hasOwn(schema, keyword);
  if (EVERYWHERE[kind].some(has) || (draft === 'modern' ? MODERN : OLD)[kind].some(has)) return true;
  if (kind === 'array') return draft !== 'draft-04' && has('contains');
  if (kind !== 'object') return false;
  if (
    draft === 'modern' &&
    ['properties', 'patternProperties'].some((keyword) => hasMembers(schema[keyword]))
  ) {
    return true;
  }
  return draft !== 'draft-04' && has('propertyNames');
}

/** @param child loads a subschema */
export function readTyped(
  kind: TypedKind,
  schema: SchemaObject,
  draft: Draft,
  child: (value: unknown) => Node,
): Typed {
  if (kind === 'string') return readString(schema, draft);
  if (kind === 'number') return readNumber(schema);
  return kind === 'object' ? readObject(schema, draft, child) : readArray(schema, draft, child);
}

function readString(schema: SchemaObject, draft: Draft): Typed {
  const limits = numbers(schema, ['maxLength', 'minLength']);
  const pattern = schema['pattern'];
  const format = draft === 'modern' ? undefined : schema['format'];
  const known = typeof format === 'string' && KNOWN_FORMATS.has(format) ? format : undefined;
  const own = { kind: 'string' as const, ...limits, ...(typeof pattern === 'string' && { pattern }) };
  return { own, content: [limits.maxLength, limits.minLength, own.pattern, known], children: [] };
}

function readNumber(schema: SchemaObject): Typed {
  // The boolean exclusiveMaximum of draft-04 is no limit of its own, and not compared.
  const limits = numbers(schema, [
    'maximum',
    'minimum',
    'exclusiveMaximum',
    'exclusiveMinimum',
    'multipleOf',
  ]);
  const flags = [schema['exclusiveMaximum'] === true, schema['exclusiveMinimum'] === true];
  return { own: { kind: 'number', isInteger: false, ...limits }, content: [limits, flags], children: [] };
}

function readObject(schema: SchemaObject, draft: Draft, child: (value: unknown) => Node): Typed {
  const isModern = draft === 'modern';
  const properties = nodes(schema['properties'], child);
  const patterns = nodes(schema['patternProperties'], child);
  const dependencies = isModern
    ? { ...memberObject(schema['dependentSchemas']) }
    : memberObject(schema['dependencies']);
  const requiredBy = new Map<string, ReadonlySet<string>>();
  for (const [name, names] of Object.entries(
    isModern ? memberObject(schema['dependentRequired']) : dependencies,
  )) {
    if (Array.isArray(names) && names.length > 0) requiredBy.set(name, new Set(strings(names)));
  }
  const schemasBy = new Map<string, Node>();
  for (const [name, value] of Object.entries(dependencies)) {
    if (!Array.isArray(value)) schemasBy.set(name, child(value));
  }
  const content = contentModel(schema['additionalProperties'], child);
  const unevaluated = isModern ? optional(schema['unevaluatedProperties'], child) : undefined;
  const limits = numbers(schema, ['maxProperties', 'minProperties']);
  const required = new Set(strings(schema['required']));
  const own = {
    kind: 'object' as const,
    properties,
    required,
    patternProperties: [...patterns],
    requiredBy,
    schemasBy,
    ...content,
    ...(unevaluated && { unevaluated }),
    ...limits,
  };
  const children = [...properties.values(), ...patterns.values(), ...schemasBy.values()];
  return {
    own,
    content: [
      idsOf(properties),
      [...required].sort(),
      idsOf(patterns),
      [...requiredBy].map(([name, names]) => [name, ...[...names].sort()]).sort(byName),
      idsOf(schemasBy),
      content.permitsAdditional,
      content.additional?.id,
      unevaluated?.id,
      limits,
      draft !== 'draft-04' && canonical(schema['propertyNames']),
    ],
    children: [...children, ...[content.additional, unevaluated].filter((node) => node !== undefined)],
  };
}

function readArray(schema: SchemaObject, draft: Draft, child: (value: unknown) => Node): Typed {
  const isModern = draft === 'modern';
  const given = schema['items'];
  const tuple = Array.isArray(given) ? given : isModern ? schema['prefixItems'] : undefined;
  const items = Array.isArray(tuple) ? tuple.map(child) : [];
  const isRest = isModern && !Array.isArray(given);
  const content = contentModel(isRest ? restItems(given, items.length) : schema['additionalItems'], child);
  const isOfAll = isRest
    ? items.length === 0 && isObject(given)
    : given !== undefined && !Array.isArray(given);
  const allItems = isOfAll ? child(given) : undefined;
  const unevaluated = isModern ? optional(schema['unevaluatedItems'], child) : undefined;
  const contains = isModern && Object.hasOwn(schema, 'contains');
  const limits = {
    ...numbers(schema, ['maxItems', 'minItems']),
    ...(contains && { minContains: 1, ...numbers(schema, ['maxContains', 'minContains']) }),
  };
  const uniqueItems = schema['uniqueItems'] === true;
  const own = {
    kind: 'array' as const,
    ...(allItems && { allItems }),
    items,
    ...content,
    ...(unevaluated && { unevaluated }),
    ...limits,
    uniqueItems,
  };
  return {
    own,
    content: [
      allItems?.id,
      items.map(({ id }) => id),
      content.permitsAdditional,
      content.additional?.id,
      unevaluated?.id,
      limits,
      uniqueItems,
      draft !== 'draft-04' && canonical(schema['contains']),
    ],
    children: [...items, ...[allItems, content.additional, unevaluated].filter((node) => node !== undefined)],
  };
}

/** `items` of the newer drafts speaks of the items after the tuple; as a schema without a tuple, of all items. */
function restItems(items: unknown, tupleSize: number): unknown {
  return tupleSize === 0 && isObject(items) ? undefined : items;
}

function contentModel(
  value: unknown,
  child: (value: unknown) => Node,
): { permitsAdditional: boolean; additional?: Node } {
  if (!isObject(value)) return { permitsAdditional: value !== false };
  return { permitsAdditional: true, additional: child(value) };
}

function optional(value: unknown, child: (value: unknown) => Node): Node | undefined {
  return value === undefined ? undefined : child(value);
}

function nodes(value: unknown, child: (value: unknown) => Node): Map<string, Node> {
  return new Map(Object.entries(memberObject(value)).map(([name, schema]) => [name, child(schema)]));
}

function idsOf(map: ReadonlyMap<string, Node>): unknown[] {
  return [...map].map(([name, { id }]) => [name, id]).sort(byName);
}

function byName(left: readonly unknown[], right: readonly unknown[]): number {
  return String(left[0]) < String(right[0]) ? -1 : 1;
}

function numbers<K extends string>(schema: SchemaObject, keywords: readonly K[]): Partial<Record<K, number>> {
  const found: Partial<Record<K, number>> = {};
  for (const keyword of keywords) {
    const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (typeof value === 'number') found[keyword] = value;
  }
  return found;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function memberObject(value: unknown): SchemaObject {
  return isObject(value) ? value : {};
}

function hasMembers(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

function canonical(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
