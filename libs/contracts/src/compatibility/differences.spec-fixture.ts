import type { DifferenceType } from './difference.js';

export type Schema = Record<string, unknown> | boolean;
/** A difference that is to be found, and where, if the second schema follows the first. */
export type Case = [type: DifferenceType, path: string, original: Schema, update: Schema];

const S = { type: 'string' };
const N = { type: 'number' };
const closed = (properties: object, more: object = {}): Schema => ({
  properties,
  additionalProperties: false,
  ...more,
});
const partly = (properties: object, others: Schema = S, more: object = {}): Schema => ({
  properties,
  additionalProperties: others,
  ...more,
});
const tuple = (items: unknown[], additionalItems: unknown): Schema => ({
  type: 'array',
  items,
  additionalItems,
});

/** Each limit appears, goes, rises and falls. */
function limit(type: string, keyword: string, name: string): Case[] {
  const of = (value?: number): Schema => ({
    ...(type && { type }),
    ...(value !== undefined && { [keyword]: value }),
  });
  return [
    [`${name}_ADDED` as DifferenceType, keyword, of(), of(5)],
    [`${name}_REMOVED` as DifferenceType, keyword, of(5), of()],
    [`${name}_INCREASED` as DifferenceType, keyword, of(5), of(6)],
    [`${name}_DECREASED` as DifferenceType, keyword, of(5), of(4)],
  ];
}

/** Everything that both families of drafts say in the same words. */
export const ALL_DRAFTS: Case[] = [
  ...limit('string', 'maxLength', 'MAX_LENGTH'),
  ...limit('string', 'minLength', 'MIN_LENGTH'),
  ...limit('number', 'maximum', 'MAXIMUM'),
  ...limit('number', 'minimum', 'MINIMUM'),
  ...limit('number', 'exclusiveMaximum', 'EXCLUSIVE_MAXIMUM'),
  ...limit('number', 'exclusiveMinimum', 'EXCLUSIVE_MINIMUM'),
  ...limit('object', 'maxProperties', 'MAX_PROPERTIES'),
  ...limit('object', 'minProperties', 'MIN_PROPERTIES'),
  ...limit('array', 'maxItems', 'MAX_ITEMS'),
  ...limit('array', 'minItems', 'MIN_ITEMS'),
  ['SCHEMA_ADDED', 'items', { type: 'array' }, { type: 'array', items: S }],
  ['SCHEMA_REMOVED', 'items', { type: 'array', items: S }, { type: 'array' }],
  ['TYPE_CHANGED', '', S, N],
  ['TYPE_CHANGED', 'properties/a/properties/b', nested(S), nested(N)],
  ['TYPE_EXTENDED', '', { type: 'integer' }, N],
  ['TYPE_NARROWED', '', N, { type: 'integer' }],
  ['PATTERN_ADDED', 'pattern', S, { ...S, pattern: 'a' }],
  ['PATTERN_REMOVED', 'pattern', { ...S, pattern: 'a' }, S],
  ['PATTERN_CHANGED', 'pattern', { ...S, pattern: 'a' }, { ...S, pattern: 'b' }],
  ['MULTIPLE_OF_ADDED', 'multipleOf', N, { ...N, multipleOf: 2 }],
  ['MULTIPLE_OF_REMOVED', 'multipleOf', { ...N, multipleOf: 2 }, N],
  ['MULTIPLE_OF_EXPANDED', 'multipleOf', { ...N, multipleOf: 0.5 }, { ...N, multipleOf: 10 }],
  ['MULTIPLE_OF_REDUCED', 'multipleOf', { ...N, multipleOf: 0.3 }, { ...N, multipleOf: 0.1 }],
  ['MULTIPLE_OF_CHANGED', 'multipleOf', { ...N, multipleOf: 10 }, { ...N, multipleOf: 11 }],
  [
    'REQUIRED_ATTRIBUTE_ADDED',
    'required/a',
    { properties: { a: S } },
    { properties: { a: S }, required: ['a'] },
  ],
  [
    'REQUIRED_ATTRIBUTE_REMOVED',
    'required/a',
    { properties: { a: S }, required: ['a'] },
    { properties: { a: S } },
  ],
  [
    'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED',
    'required/a',
    { properties: { a: S } },
    { properties: { a: { ...S, default: '' } }, required: ['a'] },
  ],
  ['ADDITIONAL_PROPERTIES_ADDED', 'additionalProperties', closed({ a: S }), { properties: { a: S } }],
  ['ADDITIONAL_PROPERTIES_REMOVED', 'additionalProperties', { properties: { a: S } }, closed({ a: S })],
  ['ADDITIONAL_PROPERTIES_EXTENDED', 'additionalProperties', partly({ a: S }), { properties: { a: S } }],
  ['ADDITIONAL_PROPERTIES_NARROWED', 'additionalProperties', { properties: { a: S } }, partly({ a: S })],
  ['TYPE_CHANGED', 'additionalProperties', partly({}), partly({}, N)],
  [
    'REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    'properties/b',
    { properties: { a: S } },
    { properties: { a: S, b: S }, required: ['b'] },
  ],
  [
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL',
    'properties/b',
    { properties: { a: S } },
    { properties: { a: S, b: { ...S, default: '' } }, required: ['b'] },
  ],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    'properties/b',
    { properties: { a: S } },
    { properties: { a: S, b: S } },
  ],
  [
    'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL',
    'properties/b',
    { properties: { a: S } },
    { properties: { a: S, b: {} } },
  ],
  [
    'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    'properties/b',
    closed({ a: S }),
    closed({ a: S, b: S }, { required: ['b'] }),
  ],
  [
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL',
    'properties/b',
    closed({ a: S }),
    closed({ a: S, b: { ...S, default: '' } }, { required: ['b'] }),
  ],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    'properties/b',
    closed({ a: S }),
    closed({ a: S, b: S }),
  ],
  [
    'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL',
    'properties/b',
    { properties: { a: S, b: S } },
    { properties: { a: S } },
  ],
  [
    'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    'properties/b',
    closed({ a: S, b: false }),
    closed({ a: S }),
  ],
  ['PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL', 'properties/b', closed({ a: S, b: S }), closed({ a: S })],
  [
    'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/b',
    partly({ a: S, b: S }),
    partly({ a: S }),
  ],
  [
    'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/b',
    partly({ a: S, b: N }),
    partly({ a: S }),
  ],
  [
    'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/b',
    partly({ a: S }),
    partly({ a: S, b: S }),
  ],
  [
    'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/b',
    partly({ a: S }),
    partly({ a: S, b: N }),
  ],
  ['UNIQUE_ITEMS_ADDED', 'uniqueItems', { type: 'array' }, { type: 'array', uniqueItems: true }],
  ['UNIQUE_ITEMS_REMOVED', 'uniqueItems', { type: 'array', uniqueItems: true }, { type: 'array' }],
  ['ENUM_ARRAY_EXTENDED', 'enum', { enum: [1, { b: 1, a: [] }] }, { enum: [{ a: [], b: 1 }, 1, null] }],
  ['ENUM_ARRAY_NARROWED', 'enum', { enum: ['a', 'b'] }, { enum: ['a'] }],
  ['ENUM_ARRAY_CHANGED', 'enum', { enum: ['a', 'b'] }, { enum: ['a', 'c'] }],
  ['ENUM_ARRAY_CHANGED', 'const', { const: null }, { const: 0 }],
  ['COMBINED_TYPE_EXTENDED', '', { oneOf: [S, N] }, { anyOf: [S, N] }],
  ['COMBINED_TYPE_CHANGED', '', { anyOf: [S, N] }, { oneOf: [S, N] }],
  ['COMBINED_TYPE_SUBSCHEMAS_CHANGED', '', { oneOf: [S] }, { oneOf: [N] }],
  ['PRODUCT_TYPE_EXTENDED', '', { allOf: [S] }, { allOf: [S, { enum: ['a'] }] }],
  ['PRODUCT_TYPE_NARROWED', '', { allOf: [S, { enum: ['a'] }] }, { allOf: [S] }],
  ['SUM_TYPE_EXTENDED', '', { oneOf: [S] }, { oneOf: [N, S] }],
  ['SUM_TYPE_NARROWED', '', { oneOf: [N, S] }, { oneOf: [S] }],
  ['NOT_TYPE_EXTENDED', 'not', { not: { type: 'integer' } }, { not: N }],
  ['NOT_TYPE_NARROWED', 'not', { not: N }, { not: { type: 'integer' } }],
];

export const DRAFT_07: Case[] = [
  ['DEPENDENCY_ARRAY_ADDED', 'dependencies/a', { type: 'object' }, { dependencies: { a: ['b'] } }],
  ['DEPENDENCY_ARRAY_REMOVED', 'dependencies/a', { dependencies: { a: ['b'] } }, { type: 'object' }],
  [
    'DEPENDENCY_ARRAY_EXTENDED',
    'dependencies/a',
    { dependencies: { a: ['b'] } },
    { dependencies: { a: ['b', 'c'] } },
  ],
  [
    'DEPENDENCY_ARRAY_NARROWED',
    'dependencies/a',
    { dependencies: { a: ['b', 'c'] } },
    { dependencies: { a: ['c'] } },
  ],
  [
    'DEPENDENCY_ARRAY_CHANGED',
    'dependencies/a',
    { dependencies: { a: ['b'] } },
    { dependencies: { a: ['c'] } },
  ],
  ['DEPENDENCY_SCHEMA_ADDED', 'dependencies/a', { type: 'object' }, { dependencies: { a: S } }],
  ['DEPENDENCY_SCHEMA_REMOVED', 'dependencies/a', { dependencies: { a: S } }, { type: 'object' }],
  ['TYPE_CHANGED', 'dependencies/a', { dependencies: { a: S } }, { dependencies: { a: N } }],
  ['ADDITIONAL_ITEMS_ADDED', 'additionalItems', tuple([S], false), tuple([S], true)],
  ['ADDITIONAL_ITEMS_REMOVED', 'additionalItems', tuple([S], true), tuple([S], false)],
  ['ADDITIONAL_ITEMS_EXTENDED', 'additionalItems', tuple([S], S), tuple([S], true)],
  ['ADDITIONAL_ITEMS_NARROWED', 'additionalItems', tuple([S], true), tuple([S], S)],
  ['TYPE_CHANGED', 'items/0', tuple([S], true), tuple([N], true)],
  ['ITEM_ADDED_TO_OPEN_CONTENT_MODEL', 'items/1', tuple([S], true), tuple([S, S], true)],
  ['ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL', 'items/1', tuple([S], true), tuple([S, true], true)],
  ['ITEM_ADDED_TO_CLOSED_CONTENT_MODEL', 'items/1', tuple([S], false), tuple([S, S], false)],
  ['ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL', 'items/1', tuple([S, S], true), tuple([S], true)],
  [
    'ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    'items/1',
    tuple([S, false], false),
    tuple([S], false),
  ],
  ['ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL', 'items/1', tuple([S, S], false), tuple([S], false)],
  ['ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items/1', tuple([S, S], S), tuple([S], S)],
  ['ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items/1', tuple([S, N], S), tuple([S], S)],
  ['ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items/1', tuple([S], S), tuple([S, S], S)],
  ['ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL', 'items/1', tuple([S], S), tuple([S, N], S)],
  ...limit('array', 'maxContains', 'MAX_CONTAINS'),
  ...limit('array', 'minContains', 'MIN_CONTAINS'),
];

export const DRAFT_2020: Case[] = [
  ...DRAFT_07.flatMap((found) => inWordsOf2020(found)),
  ...unevaluated('object', 'unevaluatedProperties', 'UNEVALUATED_PROPERTIES'),
  ...unevaluated('array', 'unevaluatedItems', 'UNEVALUATED_ITEMS'),
  [
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL',
    'properties/a',
    { unevaluatedProperties: false },
    named({ unevaluatedProperties: false }),
  ],
  [
    'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL',
    'properties/a',
    { unevaluatedProperties: true },
    named({ unevaluatedProperties: true }),
  ],
  [
    'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/a',
    { unevaluatedProperties: S },
    named({ unevaluatedProperties: S }),
  ],
  [
    'PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'properties/a',
    { unevaluatedProperties: N },
    named({ unevaluatedProperties: N }),
  ],
  [
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    'properties/a',
    named({ unevaluatedProperties: false }),
    { unevaluatedProperties: false },
  ],
  [
    'ITEM_ADDED_TO_CLOSED_CONTENT_MODEL',
    'items/0',
    { unevaluatedItems: false },
    { prefixItems: [S], unevaluatedItems: false },
  ],
  [
    'ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL',
    'items/0',
    { unevaluatedItems: S },
    { prefixItems: [S], unevaluatedItems: S },
  ],
  ['MIN_CONTAINS_ADDED', 'minContains', { type: 'array' }, { type: 'array', contains: S }],
];

function nested(leaf: Schema): Schema {
  return { properties: { a: { properties: { b: leaf } } } };
}

function named(more: object): Schema {
  return { properties: { a: S }, ...more };
}

function unevaluated(type: string, keyword: string, name: string): Case[] {
  const of = (value?: Schema): Schema => ({ type, ...(value !== undefined && { [keyword]: value }) });
  return [
    [`${name}_ADDED` as DifferenceType, keyword, of(false), of()],
    [`${name}_ADDED` as DifferenceType, keyword, of(false), of(S)],
    [`${name}_REMOVED` as DifferenceType, keyword, of(), of(false)],
    [`${name}_REMOVED` as DifferenceType, keyword, of(S), of(false)],
    [`${name}_EXTENDED` as DifferenceType, keyword, of(S), of()],
    [`${name}_EXTENDED` as DifferenceType, keyword, of(S), of(true)],
    [`${name}_NARROWED` as DifferenceType, keyword, of(), of(S)],
    [`${name}_NARROWED` as DifferenceType, keyword, of(true), of(S)],
    ['TYPE_CHANGED', keyword, of(S), of(N)],
  ];
}

/** The same change as 2020-12 says it: dependencies split in two keywords, tuples are `prefixItems`. */
function inWordsOf2020([type, path, original, update]: Case): Case[] {
  const translate = (schema: Schema): Schema => {
    const { dependencies, items, additionalItems, ...rest } = schema as Record<string, unknown>;
    const keyword = Object.values(dependencies ?? {}).every(Array.isArray)
      ? 'dependentRequired'
      : 'dependentSchemas';
    const contains = 'maxContains' in rest || 'minContains' in rest ? { contains: S } : {};
    return {
      ...rest,
      ...contains,
      ...(dependencies !== undefined && { [keyword]: dependencies }),
      ...(Array.isArray(items) && { prefixItems: items, items: additionalItems }),
    };
  };
  // There `contains` always has a minimum, 1 unless another is said.
  if (path === 'minContains' && /ADDED|REMOVED/.test(type)) return [];
  const withContains = path.endsWith('Contains') ? { contains: S } : {};
  return [
    [
      type,
      path,
      { ...(translate(original) as object), ...withContains },
      { ...(translate(update) as object), ...withContains },
    ],
  ];
}
