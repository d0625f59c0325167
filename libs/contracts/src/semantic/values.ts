import { isObject } from '../schema-walk.js';

export type JsonType = 'null' | 'boolean' | 'object' | 'array' | 'string' | 'integer' | 'fraction';

export const ALL_TYPES: readonly JsonType[] = [
  ...(['null', 'boolean', 'object', 'array', 'string', 'integer', 'fraction'] as const),
];

/** Numbers are split in two, since `integer` is a part of `number`. */
export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value as JsonType;
}

/** The types that a `type` keyword's value names; all of them without one. */
export function namedTypes(type: unknown): Set<JsonType> {
  if (type === undefined) return new Set(ALL_TYPES);
  const found = new Set<JsonType>();
  for (const name of [type].flat() as string[]) {
    if (name === 'number') found.add('integer').add('fraction');
    else found.add(name as JsonType);
  }
  return found;
}

/** Equal values have equal keys, whatever the order of members. */
export function valueKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${valueKey(value[name])}`).join()}}`;
}

/** An object from members, safe for any member name. */
export function objectOf(members: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  return Object.fromEntries(members);
}

export function sizeOf(value: unknown): number {
  return (JSON.stringify(value) ?? '').length;
}
