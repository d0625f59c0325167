import { isObject, type SchemaObject } from './schema-walk.js';

/** What keywords cost beyond the one unit of a schema, by their own size or by that of what they judge, in units of a `Budget`. */

/** Comparing two values goes as far as their members, 16 characters of them a unit. */
const CHARACTERS_PER_UNIT = 16;
const NAMES_PER_UNIT = 8;
/** Most pairs differ at once. */
const PAIRS_PER_UNIT = 16;

/** The part that the schema alone decides. */
export function weightOf(schema: SchemaObject): number {
  const values = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  const constants = 'const' in schema ? [...values, schema['const']] : values;
  const names =
    sizeOf(schema['required']) + sizeOf(schema['properties']) + sizeOf(schema['dependentRequired']);
  const compared = constants.reduce<number>(
    (sum, value) => sum + (typeof value === 'object' ? JSON.stringify(value).length : 0),
    0,
  );
  return 1 + (values.length >> 1) + Math.floor(names / NAMES_PER_UNIT + compared / CHARACTERS_PER_UNIT);
}

/** Counting members makes a list of their names. */
export function membersOf(data: unknown): number {
  return isObject(data) ? Object.keys(data).length : 0;
}

/** Whether each item is of a type that is looked up by its value instead of being compared with all others. */
export function hasSimpleItems(schema: SchemaObject): boolean {
  const items = schema['items'];
  if (!isObject(items)) return false;
  const types = [items['type']].flat();
  return (
    types.length > 0 &&
    types.every((type) => typeof type === 'string' && type !== 'object' && type !== 'array')
  );
}

export function itemsOf(data: unknown): number {
  return Array.isArray(data) ? data.length : 0;
}

/** Each item is compared with each, down to its members. */
export function costOfComparison(data: unknown, most: number): number {
  if (!Array.isArray(data) || data.length > most) return 0;
  return Math.ceil((data.length * valuesIn(data)) / 2 / PAIRS_PER_UNIT);
}

function valuesIn(data: unknown): number {
  const pending: unknown[] = [data];
  let count = 0;
  for (; pending.length > 0; count += 1) {
    const value = pending.pop();
    if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) pending.push(member);
  }
  return count;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 0;
}
