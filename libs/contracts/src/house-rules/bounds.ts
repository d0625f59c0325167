import { ASSERTED_FORMATS } from '../formats.js';
import { isObject, type SchemaObject } from '../schema-walk.js';

export type Kind = 'string' | 'array' | 'object' | 'number';

const SIZED_FORMATS = new Set<unknown>(ASSERTED_FORMATS);
const INTEGER_FORMATS = new Set<unknown>(['int32', 'int64']);

/**
 * Whether values of a kind that the schema allows have a bound, by the schema itself or by what it is composed of.
 * Where it refers to another schema, that one is judged where it stands.
 */
export function isBounded(schema: unknown, kind: Kind): boolean {
  if (schema === false) return true;
  if (!isObject(schema)) return false;
  if (Object.hasOwn(schema, 'enum') || Object.hasOwn(schema, 'const') || Object.hasOwn(schema, '$ref'))
    return true;
  if (!allowsKind(schema, kind) || OWN_BOUND[kind](schema)) return true;
  const { allOf, anyOf, oneOf } = schema;
  if (Array.isArray(allOf) && allOf.some((branch) => isBounded(branch, kind))) return true;
  return [anyOf, oneOf].some(
    (branches) => Array.isArray(branches) && branches.every((branch) => isBounded(branch, kind)),
  );
}

/** Whether `type`, where there is one, leaves room for values of this kind. */
export function allowsKind(schema: SchemaObject, kind: Kind): boolean {
  if (!Object.hasOwn(schema, 'type')) return true;
  const types = [schema['type']].flat();
  return types.includes(kind) || (kind === 'number' && types.includes('integer'));
}

const OWN_BOUND: Record<Kind, (schema: SchemaObject) => boolean> = {
  string: ({ maxLength, format, pattern }) =>
    typeof maxLength === 'number' ||
    SIZED_FORMATS.has(format) ||
    (typeof pattern === 'string' && hasBoundedLength(pattern)),
  array: ({ maxItems, items, prefixItems }) =>
    typeof maxItems === 'number' || (items === false && Array.isArray(prefixItems)),
  object: ({ additionalProperties, unevaluatedProperties, patternProperties, maxProperties }) =>
    typeof maxProperties === 'number' ||
    ((additionalProperties === false || unevaluatedProperties === false) && patternProperties === undefined),
  number: ({ minimum, exclusiveMinimum, maximum, exclusiveMaximum, format }) =>
    INTEGER_FORMATS.has(format) ||
    ((typeof minimum === 'number' || typeof exclusiveMinimum === 'number') &&
      (typeof maximum === 'number' || typeof exclusiveMaximum === 'number')),
};

/** Conservative: anchored at both ends, and nothing repeats without bound. */
export function hasBoundedLength(pattern: string): boolean {
  // Escapes and classes stand for one character each; what is left is structure.
  let shape = pattern.replace(/\\[pPu]\{[^}]*\}|\\./gs, 'a').replace(/\[[^\]]*\]/g, 'a');
  if (!shape.startsWith('^') || !shape.endsWith('$')) return false;
  if (/[*+]|\{\d*,\}/.test(shape)) return false;
  for (let before = ''; before !== shape;) {
    before = shape;
    shape = shape.replace(/\([^()]*\)/g, 'a');
  }
  return !shape.includes('|');
}
