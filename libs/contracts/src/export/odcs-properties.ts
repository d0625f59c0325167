import { pointerToken, valueAt } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import type { OdcsCustom, OdcsItem, OdcsLogicalType, OdcsProperty } from './odcs-document.js';

const MAX_DEPTH = 12;
const MAX_PROPERTIES = 2_000;
const STRING_OPTIONS = ['minLength', 'maxLength', 'pattern', 'format'];
const NUMBER_OPTIONS = ['multipleOf', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const OPTIONS: Partial<Record<OdcsLogicalType, string[]>> = {
  string: STRING_OPTIONS,
  integer: NUMBER_OPTIONS,
  number: NUMBER_OPTIONS,
  object: ['minProperties', 'maxProperties'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
};
const BY_FORMAT: Record<string, { logicalType: OdcsLogicalType; options?: object }> = {
  date: { logicalType: 'date', options: { format: 'yyyy-MM-dd' } },
  'date-time': { logicalType: 'timestamp', options: { timezone: true } },
  time: { logicalType: 'time' },
};
const INTEGER_FORMATS: Record<string, string> = { int32: 'i32', int64: 'i64' };

/** The class of a place in payloads, by its pointer with `*` for items. */
export type ClassOf = (path: string) => string;

/**
 * The properties of a flat schema as ODCS lists them, references followed. It shows what a record looks like; branches
 * and conditions are not part of ODCS.
 */
export function odcsProperties(flat: unknown, classOf: ClassOf): OdcsProperty[] {
  let count = 0;
  return properties(resolved(flat, []), '', []);

  function properties(schema: SchemaObject, path: string, above: string[]): OdcsProperty[] {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const all = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    return all.flatMap(([name, property]) => {
      if ((count += 1) > MAX_PROPERTIES) return [];
      const element = item(property, path + pointerToken(name), above);
      return { name, ...element, ...(required.has(name) ? { required: true } : {}) };
    });
  }

  function item(source: unknown, path: string, above: string[]): OdcsItem {
    const below = [...above];
    const schema = resolved(source, below);
    const logicalType = logicalTypeOf(schema);
    const named = isObject(schema['x-titles']) ? schema['x-titles'] : {};
    const custom: OdcsCustom[] = isObject(schema['x-titles']) ? [{ property: 'titles', value: named }] : [];
    const element: OdcsItem = { ...logicalType, classification: classOf(path) };
    const businessName = named['fr'] ?? schema['title'];
    if (typeof businessName === 'string') element.businessName = businessName;
    if (typeof schema['description'] === 'string') element.description = schema['description'];
    if (Array.isArray(schema['examples'])) element.examples = schema['examples'];
    const values = Object.hasOwn(schema, 'const') ? [schema['const']] : schema['enum'];
    if (Array.isArray(values)) {
      const check = { arguments: { validValues: values as unknown[] }, mustBe: 0 } as const;
      element.quality = [{ type: 'library', metric: 'invalidValues', ...check }];
    }
    if (custom.length > 0) element.customProperties = custom;
    if (below.length > MAX_DEPTH) return element;
    below.push('');
    if (logicalType.logicalType === 'object') {
      const inside = properties(schema, path, below);
      if (inside.length > 0) element.properties = inside;
    }
    if (logicalType.logicalType === 'array' && isObject(schema['items']) && (count += 1) <= MAX_PROPERTIES) {
      element.items = item(schema['items'], `${path}/*`, below);
    }
    return element;
  }

  /** The schema with what it refers to beneath it; one that refers to where it stands stays empty. */
  function resolved(source: unknown, above: string[]): SchemaObject {
    let schema: SchemaObject = isObject(source) ? source : {};
    while (typeof schema['$ref'] === 'string') {
      const { $ref, ...own } = schema;
      const target: unknown = above.includes($ref) ? {} : valueAt(flat, decodeURIComponent($ref.slice(1)));
      above.push($ref);
      schema = { ...(isObject(target) ? target : {}), ...own };
    }
    return schema;
  }
}

function logicalTypeOf(schema: SchemaObject): Pick<OdcsItem, 'logicalType' | 'logicalTypeOptions'> {
  const dated = typeof schema['format'] === 'string' ? BY_FORMAT[schema['format']] : undefined;
  const type = typeOf(schema);
  if (type === 'string' && dated) {
    return {
      logicalType: dated.logicalType,
      ...(dated.options ? { logicalTypeOptions: { ...dated.options } } : {}),
    };
  }
  const options: Record<string, unknown> = {};
  for (const name of OPTIONS[type] ?? []) if (Object.hasOwn(schema, name)) options[name] = schema[name];
  const width = INTEGER_FORMATS[String(schema['format'])];
  if (type === 'integer' && width !== undefined) options['format'] = width;
  return { logicalType: type, ...(Object.keys(options).length > 0 ? { logicalTypeOptions: options } : {}) };
}

const TYPES = ['string', 'number', 'integer', 'object', 'array', 'boolean'] as const;

function typeOf(schema: SchemaObject): OdcsLogicalType {
  const named = [schema['type']].flat().find((type) => (TYPES as readonly unknown[]).includes(type));
  if (named !== undefined) return named as OdcsLogicalType;
  const [value] = Object.hasOwn(schema, 'const') ? [schema['const']] : ((schema['enum'] ?? []) as unknown[]);
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean';
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const branch = Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]).find(isObject) : undefined;
    if (branch && Object.hasOwn(branch, 'type')) return typeOf({ type: branch['type'] });
  }
  if (Object.hasOwn(schema, 'items') || Object.hasOwn(schema, 'prefixItems')) return 'array';
  return isObject(schema['properties']) ? 'object' : 'string';
}
