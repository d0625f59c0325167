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
const MAP = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'patternProperties',
  'properties',
]);

export type SchemaObject = Record<string, unknown>;

/** Visits every subschema that is an object, outermost first; `pointer` is its place in the document. */
export function walkSchemas(
  root: unknown,
  visit: (schema: SchemaObject, pointer: string) => void,
  pointer = '',
): void {
  if (!isObject(root)) return;
  visit(root, pointer);
  for (const [keyword, value] of Object.entries(root)) {
    const at = pointer + pointerToken(keyword);
    if (Array.isArray(value)) {
      if (LIST.has(keyword))
        value.forEach((item, index) => walkSchemas(item, visit, at + pointerToken(index)));
    } else if (isObject(value)) {
      if (ONE.has(keyword)) walkSchemas(value, visit, at);
      else if (MAP.has(keyword)) {
        for (const [name, item] of Object.entries(value)) walkSchemas(item, visit, at + pointerToken(name));
      }
    }
  }
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
