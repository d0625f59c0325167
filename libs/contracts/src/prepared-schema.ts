import { weigh } from './budget.js';
import type { Dialect } from './dialect.js';
import { flattened } from './flatten.js';
import type { SchemaDocument } from './schema-document.js';
import type { SchemaObject } from './schema-walk.js';

/** A schema as the validator takes it: no URIs, and nothing that AJV reads otherwise than the specification. */
export interface PreparedSchema {
  dialect: Dialect;
  schema: SchemaObject | boolean;
  /** member names that stand in the schema itself */
  names: ReadonlySet<string>;
}

/** Keywords of AJV or of older drafts that mean nothing in JSON Schema. */
const NO_KEYWORDS = ['$id', '$schema', 'id', 'nullable'];

/** The document with references as local pointers and the weight of each schema in it. */
export function prepareSchema(document: SchemaDocument): PreparedSchema {
  const { schema, schemas } = flattened(document);
  const names = new Set<string>();
  for (const subschema of schemas.values()) {
    for (const name of Object.keys(subschema['properties'] ?? {})) names.add(name);
    for (const name of (subschema['required'] ?? []) as string[]) names.add(name);
    for (const keyword of NO_KEYWORDS) delete subschema[keyword];
    weigh(subschema);
  }
  return { dialect: document.dialect, schema, names };
}
