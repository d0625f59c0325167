import type { Violation } from '#protocol';
import { valueAt } from './json-pointer.js';
import { isObject, type SchemaObject, walkSchemas } from './schema-walk.js';

/** Base of a document without `$id`; nothing is ever fetched from it. */
const NO_BASE = 'wasl:/';
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'] as const;

/**
 * All schemas of one document that validation can reach: those under applicator keywords, and those that only a
 * reference makes a schema of. References that leave the document, or lead nowhere, are `problems`.
 */
export class SchemaDocument {
  /** by pointer, outermost first */
  readonly schemas = new Map<string, SchemaObject>();
  readonly problems: Violation[] = [];
  /** where each resource (`$id`) and anchor of the document is */
  private readonly places = new Map<string, string>([[NO_BASE, '']]);
  private readonly targets = new Map<string, string>();
  private readonly pending: { pointer: string; keyword: string; reference: string; base: string }[] = [];

  constructor(private readonly root: unknown) {
    this.add('');
    for (let item = this.pending.shift(); item !== undefined; item = this.pending.shift()) this.follow(item);
    for (const [pointer] of this.targets)
      if (this.isLoop(pointer)) this.report(`${pointer}/$ref`, 'leads back to itself');
  }

  private add(start: string): void {
    if (this.schemas.has(start)) return;
    walkSchemas(
      valueAt(this.root, start),
      (schema, pointer) => {
        if (this.schemas.has(pointer)) return;
        this.schemas.set(pointer, schema);
        this.index(schema, pointer);
      },
      start,
    );
  }

  private index(schema: SchemaObject, pointer: string): void {
    const base = this.base(pointer);
    if (isResourceId(schema['$id'])) this.places.set(base, pointer);
    for (const anchor of [schema['$anchor'], schema['$dynamicAnchor'], fragmentId(schema['$id'])]) {
      if (typeof anchor === 'string') this.places.set(`${base}#${anchor}`, pointer);
    }
    for (const keyword of REFERENCES) {
      const reference = schema[keyword];
      if (typeof reference === 'string') this.pending.push({ pointer, keyword, reference, base });
    }
  }

  private follow({ pointer, keyword, reference, base }: (typeof this.pending)[number]): void {
    const [resource, fragment] = split(resolve(reference, base));
    const place = this.places.get(resource);
    if (place === undefined) return this.report(`${pointer}/${keyword}`, 'points outside this document');
    let target: string | undefined;
    if (fragment === '' || fragment.startsWith('/')) target = place + decode(fragment);
    else target = this.places.get(`${resource}#${fragment}`);
    const value = target === undefined ? undefined : valueAt(this.root, target);
    if (target === undefined || (!isObject(value) && typeof value !== 'boolean')) {
      return this.report(`${pointer}/${keyword}`, 'points to no schema of this document');
    }
    if (keyword === '$ref') this.targets.set(pointer, target);
    this.add(target);
  }

  /** A reference whose target is a reference, and so on, back to the first: it says nothing. */
  private isLoop(start: string): boolean {
    const seen = new Set<string>();
    for (
      let pointer: string | undefined = start;
      pointer !== undefined;
      pointer = this.targets.get(pointer)
    ) {
      if (seen.has(pointer)) return pointer === start;
      seen.add(pointer);
    }
    return false;
  }

  /** The base URI of the resource that holds this place (core §9.1). */
  private base(pointer: string): string {
    let base = NO_BASE;
    let schema: unknown = this.root;
    for (const token of [undefined, ...pointer.split('/').slice(1)]) {
      if (token !== undefined) schema = valueAt(schema, `/${token}`);
      if (isObject(schema) && isResourceId(schema['$id'])) [base] = split(resolve(schema['$id'], base));
    }
    return base;
  }

  private report(pointer: string, message: string): void {
    this.problems.push({ pointer, rule: '$ref', message });
  }
}

function isResourceId(id: unknown): id is string {
  return typeof id === 'string' && !id.startsWith('#');
}

/** Drafts 6 and 7 name anchors by an `$id` that is a fragment. */
function fragmentId(id: unknown): string | undefined {
  return typeof id === 'string' && id.startsWith('#') ? id.slice(1) : undefined;
}

function resolve(reference: string, base: string): string {
  if (reference === '' || reference.startsWith('#')) return base + reference;
  return URL.canParse(reference, base) ? new URL(reference, base).href : reference;
}

function split(uri: string): [resource: string, fragment: string] {
  const hash = uri.indexOf('#');
  return hash < 0 ? [uri, ''] : [uri.slice(0, hash), uri.slice(hash + 1)];
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
