import { pointerToken } from './json-pointer.js';

const ONE = new Set([
  'additionalItems',
  'additionalProperties',
  'contains',
  'contentSchema',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const LIST = new Set(['allOf', 'anyOf', 'items', 'oneOf', 'prefixItems']);
/** Keywords whose members are names given by the author, with a schema each. */
export const MAP = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

export type SchemaObject = Record<string, unknown>;

/**
 * Visits every subschema that is an object, outermost first; `pointer` is its place in the document, and what the
 * visit of a schema returns is handed to the visits of its subschemas.
 */
export function walkSchemas<C>(
  root: unknown,
  visit: (schema: SchemaObject, pointer: string, context: C) => C,
  pointer = '',
  context = undefined as C,
): void {
  if (!isObject(root)) return;
  const inner = visit(root, pointer, context);
  for (const keyword of Object.keys(root)) {
    const value = root[keyword];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      if (LIST.has(keyword))
        value.forEach((item, index) => walkSchemas(item, visit, `${pointer}/${keyword}/${index}`, inner));
    } else if (ONE.has(keyword)) walkSchemas(value, visit, `${pointer}/${keyword}`, inner);
    else if (MAP.has(keyword)) {
      for (const [name, item] of Object.entries(value))
        walkSchemas(item, visit, `${pointer}/${keyword}${pointerToken(name)}`, inner);
    }
  }
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
