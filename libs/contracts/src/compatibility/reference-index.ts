import { valueAt } from '../json-pointer.js';
import type { SchemaSource } from '../references.js';
import { decodeFragment, NO_BASE, resolveUri, splitUri } from '../schema-uri.js';
import { isObject, type SchemaObject } from '../schema-walk.js';
import { type Draft, draftOf } from './draft.js';

/** A place in a document: where a schema stands, and what its relative references are relative to. */
export interface Place {
  /** key of the target in `Model.targets` */
  key: string;
  value: unknown;
  base: string;
  draft: Draft;
}

interface Resource {
  value: unknown;
  base: string;
  draft: Draft;
}

/** Finds what a `$ref` means: in the document, in its embedded resources and anchors, or in its registered references. */
export class ReferenceIndex {
  readonly root: Place;
  private readonly resources = new Map<string, Resource>();
  private readonly indexed = new Set<unknown>();

  /** @throws SyntaxError if the text, or that of a reference, is not JSON */
  constructor(source: SchemaSource, parse: (text: string) => unknown) {
    const value = parse(source.text);
    const draft = draftOf(value) ?? 'draft-07';
    const base = baseOf(value, draft, NO_BASE);
    this.root = { key: '#', value, base, draft };
    this.resources.set(base, this.root).set(NO_BASE, this.root);
    for (const [name, text] of source.references ?? []) {
      const [uri] = splitUri(resolveUri(name, base));
      const referred = parse(text);
      const own = draftOf(referred);
      const referredDraft = draft.startsWith('draft') && own?.startsWith('draft') ? own : draft;
      const resource = { value: referred, base: baseOf(referred, referredDraft, uri), draft: referredDraft };
      this.resources.set(resource.base, resource).set(uri, resource).set(name, resource);
    }
  }

  /** What the reference leads to, if anything. */
  find(reference: string, base: string): Place | undefined {
    const [uri, fragment] = splitUri(resolveUri(reference, base));
    const resource = this.resource(uri);
    if (resource === undefined) return undefined;
    const home = resource.value === this.root.value ? '' : uri;
    const key = `${home}#${fragment}`;
    if (fragment !== '' && !fragment.startsWith('/')) {
      const anchored = this.resource(`${resource.base}#${fragment}`);
      return anchored && { ...anchored, key };
    }
    return this.walk(resource, decodeFragment(fragment), key);
  }

  private resource(uri: string): Resource | undefined {
    const known = this.resources.get(uri);
    if (known !== undefined) return known;
    // Embedded resources and anchors are rare: documents are searched for them once one is asked for.
    for (const { value, base, draft } of [...this.resources.values()]) {
      if (this.indexed.has(value)) continue;
      this.indexed.add(value);
      this.index(value, base, draft);
    }
    return this.resources.get(uri);
  }

  private index(value: unknown, base: string, draft: Draft): void {
    if (Array.isArray(value)) {
      for (const item of value) this.index(item, base, draft);
      return;
    }
    if (!isObject(value)) return;
    const here = baseOf(value, draft, base);
    const resource = { value, base: here, draft };
    if (here !== base && !this.resources.has(here)) this.resources.set(here, resource);
    for (const anchor of anchorsOf(value, draft)) this.resources.set(`${here}#${anchor}`, resource);
    for (const [keyword, member] of Object.entries(value)) {
      if (!VALUES.has(keyword)) this.index(member, here, draft);
    }
  }

  private walk(resource: Resource, pointer: string, key: string): Place | undefined {
    let { value, base } = resource;
    for (const token of pointer.split('/').slice(1)) {
      value = valueAt(value, `/${token}`);
      if (isObject(value)) base = baseOf(value, resource.draft, base);
    }
    return value === undefined ? undefined : { key, value, base, draft: resource.draft };
  }
}

/** Keywords that hold data, not schemas. */
const VALUES = new Set(['const', 'default', 'enum', 'examples']);

/** The base for what stands inside this schema. */
export function baseOf(schema: unknown, draft: Draft, base: string): string {
  const id = isObject(schema) ? schema[draft === 'draft-04' ? 'id' : '$id'] : undefined;
  if (typeof id !== 'string' || id.startsWith('#')) return base;
  return splitUri(resolveUri(id, base))[0];
}

function anchorsOf(schema: SchemaObject, draft: Draft): string[] {
  const id = schema[draft === 'draft-04' ? 'id' : '$id'];
  const anchors = [
    schema['$anchor'],
    schema['$dynamicAnchor'],
    typeof id === 'string' ? /^#(.+)/.exec(id)?.[1] : '',
  ];
  return anchors.filter((anchor): anchor is string => typeof anchor === 'string' && anchor !== '');
}
