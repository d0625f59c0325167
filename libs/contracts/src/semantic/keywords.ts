import type { Dialect } from '../dialect.js';

const ALWAYS = [
  ...['$ref', 'type', 'enum', 'format', 'allOf', 'anyOf', 'oneOf', 'not'],
  ...['multipleOf', 'maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern'],
  ...['items', 'maxItems', 'minItems', 'uniqueItems'],
  ...['maxProperties', 'minProperties', 'required', 'properties', 'patternProperties'],
  ...['additionalProperties', 'dependencies'],
];
const DRAFT_06 = ['const', 'contains', 'propertyNames'];
const CONTENT = ['contentEncoding', 'contentMediaType'];
const CONDITIONS = ['if', 'then', 'else'];
const SINCE_2019 = [
  ...['dependentRequired', 'dependentSchemas', 'minContains', 'maxContains'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
];

const ACTIVE: Record<Dialect, ReadonlySet<string>> = {
  'draft-04': new Set([...ALWAYS, 'additionalItems']),
  'draft-06': new Set([...ALWAYS, ...DRAFT_06, 'additionalItems']),
  'draft-07': new Set([...ALWAYS, ...DRAFT_06, ...CONDITIONS, ...CONTENT, 'additionalItems']),
  '2019-09': new Set([
    ...[...ALWAYS, ...DRAFT_06, ...CONDITIONS, ...CONTENT, ...SINCE_2019],
    'additionalItems',
  ]),
  '2020-12': new Set([...[...ALWAYS, ...DRAFT_06, ...CONDITIONS, ...CONTENT, ...SINCE_2019], 'prefixItems']),
};

/** Keywords that say something about instances in this dialect; all others are annotations. */
export function activeKeywords(dialect: Dialect): ReadonlySet<string> {
  return ACTIVE[dialect];
}
