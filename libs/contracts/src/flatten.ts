import { idKeyword } from './dialect.js';
import type { SchemaDocument } from './schema-document.js';
import { valueAt } from './json-pointer.js';
import type { SchemaObject } from './schema-walk.js';
import { encodeFragment } from './schema-uri.js';

/** A document whose references are all pointers into itself, and its schemas by pointer. */
export interface FlatSchema {
  schema: SchemaObject | boolean;
  schemas: Map<string, SchemaObject>;
}

/**
 * A copy of the document in which every reference is `#/…` and no schema but the root has a URI or an anchor, for
 * readers that know neither.
 */
export function flattened(document: SchemaDocument): FlatSchema {
  const schema = structuredClone(document.root) as SchemaObject | boolean;
  const id = idKeyword(document.dialect);
  const schemas = new Map<string, SchemaObject>();
  for (const pointer of document.schemas.keys()) {
    const copy = valueAt(schema, pointer) as SchemaObject;
    schemas.set(pointer, copy);
    if (pointer !== '' || String(copy[id]).startsWith('#')) delete copy[id];
    for (const keyword of ['$anchor', '$dynamicAnchor', '$recursiveAnchor']) delete copy[keyword];
  }
  for (const { pointer, keyword, target } of document.links) {
    const copy = schemas.get(pointer)!;
    const $ref = `#${encodeFragment(target)}`;
    delete copy[keyword];
    if (Object.hasOwn(copy, '$ref')) copy['allOf'] = [...((copy['allOf'] as unknown[]) ?? []), { $ref }];
    else copy['$ref'] = $ref;
  }
  return { schema, schemas };
}

/** Characters of the references of the flattened document, before there is one. */
export function flatLength({ links }: SchemaDocument): number {
  const lengths = new Map<string, number>();
  let sum = 0;
  for (const { target } of links) {
    let length = lengths.get(target);
    if (length === undefined) lengths.set(target, (length = encodeFragment(target).length + 1));
    sum += length;
  }
  return sum;
}
