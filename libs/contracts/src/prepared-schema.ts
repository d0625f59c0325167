import { weigh } from './budget.js';
import { type Dialect, refHidesSiblings } from './dialect.js';
import { flattened } from './flatten.js';
import type { SchemaDocument } from './schema-document.js';
import type { SchemaObject } from './schema-walk.js';
import { encodeFragment } from './schema-uri.js';

/** A schema as the validator takes it: no URIs, and nothing that AJV reads otherwise than the specification. */
export interface PreparedSchema {
  dialect: Dialect;
  schema: SchemaObject | boolean;
  /** keywords of AJV that are annotations here */
  ignored: readonly string[];
  /** member names that stand in the schema itself */
  names: ReadonlySet<string>;
}

/** Keywords of AJV or of older drafts that mean nothing in JSON Schema. */
const NO_KEYWORDS = ['$id', '$schema', 'id', 'nullable'];
const CONDITIONALS = ['if', 'then', 'else'];
/** Keywords of draft-07 that an older draft takes for annotations. */
const LATER: Partial<Record<Dialect, string[]>> = {
  'draft-04': ['const', 'contains', 'propertyNames', ...CONDITIONALS],
  'draft-06': CONDITIONALS,
};

/** The document with references as local pointers and the weight of each schema in it. */
export function prepareSchema(document: SchemaDocument): PreparedSchema {
  const { dialect } = document;
  const { schema, schemas } = flattened(document);
  const names = new Set<string>();
  const tracksEvaluated =
    !refHidesSiblings(dialect) &&
    [...schemas.values()].some(
      (subschema) => 'unevaluatedItems' in subschema || 'unevaluatedProperties' in subschema,
    );
  for (const [pointer, subschema] of schemas) {
    for (const name of Object.keys(subschema['properties'] ?? {})) names.add(name);
    for (const name of (subschema['required'] ?? []) as string[]) names.add(name);
    for (const keyword of NO_KEYWORDS) delete subschema[keyword];
    // AJV ignores what stands beside a `$ref`, as these drafts say, except for this.
    if (refHidesSiblings(dialect) && subschema['$ref'] !== undefined) delete subschema['type'];
    if (dialect === 'draft-04') numericBounds(subschema);
    if (Array.isArray(subschema['enum']) && subschema['enum'].length === 0) nothingAllowed(subschema);
    if (tracksEvaluated && subschema['if'] !== undefined) conditionAsUnion(subschema, pointer);
    weigh(subschema);
  }
  const ignored = tracksEvaluated ? CONDITIONALS : (LATER[dialect] ?? []);
  return { dialect, schema, ignored, names };
}

/** Draft-04 says by a boolean that a bound is exclusive; later drafts, and AJV, by a bound of its own. */
function numericBounds(schema: SchemaObject): void {
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const isExclusive = schema[exclusive] === true;
    delete schema[exclusive];
    if (!isExclusive || schema[bound] === undefined) continue;
    schema[exclusive] = schema[bound];
    delete schema[bound];
  }
}

/** AJV does not compile an empty `enum`. */
function nothingAllowed(schema: SchemaObject): void {
  delete schema['enum'];
  alsoRequire(schema, { not: {} });
}

/**
 * AJV counts what an `if` evaluated when it failed too, and not at all without `then` and `else`. As a union of "holds,
 * and then" and "does not hold, and else" only what holds counts; the keywords stay, ignored, as what references mean.
 */
function conditionAsUnion(schema: SchemaObject, pointer: string): void {
  const at = (keyword: string) => ({ $ref: `#${encodeFragment(pointer)}/${keyword}` });
  const branch = (keyword: string) => (schema[keyword] === undefined ? [] : [at(keyword)]);
  alsoRequire(schema, {
    anyOf: [{ allOf: [at('if'), ...branch('then')] }, { allOf: [{ not: at('if') }, ...branch('else')] }],
  });
}

function alsoRequire(schema: SchemaObject, also: SchemaObject): void {
  schema['allOf'] = [...((schema['allOf'] ?? []) as unknown[]), also];
}
