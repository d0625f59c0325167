import { canonicalText } from './canonical.js';
import { flattened } from './flatten.js';
import { valueAt } from './json-pointer.js';
import { inspectSchema, invalidSchema } from './lint.js';
import { LINT_LIMITS } from './lint-limits.js';
import { homeOf, type SchemaSource } from './references.js';
import type { SchemaDocument } from './schema-document.js';
import type { SchemaObject } from './schema-walk.js';

export interface BundleOptions {
  /** make every reference a pointer `#/$defs/…`, for readers that know no embedded resources */
  flatten?: boolean;
}

/**
 * The schema and all it refers to as one text of the same meaning: referenced schemas stand under `$defs`
 * (`definitions` up to draft-07) with their URIs as `$id` (core §9.3.1). Without references it is the canonical text.
 *
 * @throws WaslError `invalid-schema` with the linter's violations
 */
export function bundleSchema(source: SchemaSource, options: BundleOptions = {}): string {
  const { violations, document, homes } = inspectSchema(source, LINT_LIMITS);
  if (violations.length > 0 || document === undefined) throw invalidSchema(violations);
  if (options.flatten === true) return JSON.stringify(flattened(document).schema);
  return homes.size === 0 ? canonicalText(source.text) : JSON.stringify(withResolvedLinks(document, homes));
}

/** References from one of the embedded schemas to another say its URI, whatever name they used. */
function withResolvedLinks(document: SchemaDocument, homes: ReadonlyMap<string, string>): unknown {
  const schema = structuredClone(document.root);
  for (const { pointer, keyword, target, byName } of document.links) {
    if (byName || homeOf(pointer, homes) !== homeOf(target, homes))
      (valueAt(schema, pointer) as SchemaObject)[keyword] = document.uriOf(target);
  }
  return schema;
}
