import type { Violation } from '#protocol';
import { type Dialect, dialectOf, idKeyword, refHidesSiblings } from './dialect.js';
import { pointerToken, pointerTokens, valueAt } from './json-pointer.js';
import { type Link, linksInCircles } from './reference-circles.js';
import { isObject, type SchemaObject, walkSchemas } from './schema-walk.js';
import { decodeFragment, encodeFragment, NO_BASE, resolveUri, splitUri } from './schema-uri.js';

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'] satisfies Link['keyword'][];
const OUTSIDE =
  'points outside this document: register the referenced schema and name it in `references`; nothing is fetched';

/** Resolved: relative `$id`s within one another add up. */
const LONGEST_URI = 2_000;

/**
 * All schemas of one document that validation can reach: those under applicator keywords, and those that only a
 * reference makes a schema of. References that leave the document, or lead nowhere, are `problems`.
 */
export class SchemaDocument {
  readonly dialect: Dialect;
  /** by pointer, outermost first */
  readonly schemas = new Map<string, SchemaObject>();
  readonly links: Link[] = [];
  /** resources that references lead into, even if there is no schema where they point to */
  readonly reached: { pointer: string; target: string }[] = [];
  readonly problems: Violation[] = [];
  /** base URI of each schema, by pointer */
  private readonly bases = new Map<string, string>();
  /** where each resource (`$id`) and anchor of the document is */
  private readonly places = new Map<string, string>([[NO_BASE, '']]);
  /** in how many resources an anchor of dynamic references stands, by name; `''` is `$recursiveAnchor` */
  private readonly dynamicAnchors = new Map<string, number>();
  private readonly pending: { pointer: string; keyword: Link['keyword']; reference: string }[] = [];

  /** @param names where schemas embedded under another name than their URI are: pointer by name */
  constructor(
    readonly root: unknown,
    private readonly names: ReadonlyMap<string, string> = new Map(),
  ) {
    this.dialect = dialectOf(root) ?? 'draft-07';
    this.add('', NO_BASE);
    for (let at = 0; at < this.pending.length; at += 1) this.follow(this.pending[at]!);
    for (const { pointer, keyword, target } of this.links)
      if (keyword !== '$ref' && this.isDynamic(pointer, keyword, target))
        this.report(pointer, keyword, 'depends on how it was reached: its anchor stands in several schemas');
    for (const [name, pointer] of this.names)
      if ((this.places.get(name) ?? pointer) !== pointer)
        this.report(pointer, '$id', 'is referred to by a name that another schema has as its URI');
    for (const { pointer, keyword } of linksInCircles(this.schemas, this.links))
      this.report(pointer, keyword, 'leads back to itself before any value is read');
  }

  /** The URI by which the schema at a place can be referred to from anywhere. */
  uriOf(pointer: string): string {
    const base = this.bases.get(pointer) ?? this.baseAbove(pointer);
    const inside = pointer.slice(this.places.get(base)!.length);
    return inside === '' ? base : `${base}#${encodeFragment(inside)}`;
  }

  private add(start: string, base: string): void {
    walkSchemas(
      valueAt(this.root, start),
      (schema, pointer, outer: string) => {
        const known = this.bases.get(pointer);
        if (known !== undefined) return known;
        return this.index(schema, pointer, outer);
      },
      start,
      base,
    );
  }

  private index(schema: SchemaObject, pointer: string, outer: string): string {
    this.schemas.set(pointer, schema);
    const id = this.idOf(schema, pointer);
    let base = outer;
    if (id !== undefined && !id.startsWith('#')) {
      const [uri] = splitUri(resolveUri(id, outer));
      if (uri.length > LONGEST_URI)
        this.report(pointer, '$id', `is a URI of more than ${LONGEST_URI} characters`);
      else this.place((base = uri), pointer, '$id');
    }
    this.bases.set(pointer, base);
    if (fragmentId(id) !== undefined) this.place(`${base}#${fragmentId(id)}`, pointer, '$id');
    for (const keyword of ['$anchor', '$dynamicAnchor'] as const) {
      const anchor = schema[keyword];
      if (typeof anchor === 'string') this.place(`${base}#${anchor}`, pointer, keyword);
    }
    if (typeof schema['$dynamicAnchor'] === 'string') this.count(schema['$dynamicAnchor']);
    if (schema['$recursiveAnchor'] === true) this.count('');
    for (const keyword of REFERENCES) {
      const reference = schema[keyword];
      if (typeof reference === 'string') this.pending.push({ pointer, keyword, reference });
    }
    return base;
  }

  private place(uri: string, pointer: string, keyword: string): void {
    const other = this.places.get(uri);
    if (other !== undefined && other !== pointer && uri !== NO_BASE)
      this.report(pointer, keyword, `names what the schema at "${other}" is named already`);
    else this.places.set(uri, pointer);
  }

  private count(anchor: string): void {
    this.dynamicAnchors.set(anchor, (this.dynamicAnchors.get(anchor) ?? 0) + 1);
  }

  private follow({ pointer, keyword, reference }: (typeof this.pending)[number]): void {
    const [resource, fragment] = splitUri(resolveUri(reference, this.bases.get(pointer)!));
    const known = this.places.get(resource);
    const place = known ?? this.names.get(resource) ?? this.names.get(splitUri(reference)[0]);
    if (place === undefined) return this.report(pointer, keyword, OUTSIDE);
    this.reached.push({ pointer, target: place });
    let target: string | undefined;
    if (fragment === '') target = place;
    else if (fragment.startsWith('/')) target = place + canonicalPointer(decodeFragment(fragment));
    else target = this.places.get(`${this.bases.get(place)}#${fragment}`);
    const value = target === undefined ? undefined : valueAt(this.root, target);
    if (target === undefined || (!isObject(value) && typeof value !== 'boolean')) {
      return this.report(pointer, keyword, 'points to no schema of this document');
    }
    this.links.push({ pointer, keyword, target, byName: known === undefined });
    if (!this.schemas.has(target)) this.add(target, this.baseAbove(target));
  }

  /** Whether the target depends on the schemas that evaluation came through (core §8.2.3.2). */
  private isDynamic(pointer: string, keyword: Link['keyword'], target: string): boolean {
    const schema = this.schemas.get(target);
    if (schema === undefined) return false;
    if (keyword === '$recursiveRef')
      return schema['$recursiveAnchor'] === true && this.dynamicAnchors.get('')! > 1;
    const anchor = schema['$dynamicAnchor'];
    const written = this.schemas.get(pointer)?.['$dynamicRef'] as string;
    return (
      typeof anchor === 'string' && splitUri(written)[1] === anchor && this.dynamicAnchors.get(anchor)! > 1
    );
  }

  /** The base that holds at a place which no applicator leads to. */
  private baseAbove(pointer: string): string {
    let base = NO_BASE;
    let schema: unknown = this.root;
    let at = '';
    for (const token of pointerTokens(pointer)) {
      const known = this.bases.get(at);
      const id = isObject(schema) ? this.idOf(schema, at) : undefined;
      if (known !== undefined) base = known;
      else if (id !== undefined && !id.startsWith('#')) [base] = splitUri(resolveUri(id, base));
      if (base.length > LONGEST_URI) base = NO_BASE;
      at += pointerToken(token);
      schema = valueAt(schema, pointerToken(token));
    }
    return base;
  }

  private idOf(schema: SchemaObject, pointer: string): string | undefined {
    const id = schema[idKeyword(this.dialect)];
    if (typeof id !== 'string') return undefined;
    // A `$ref` hides its siblings, but the document is known by its `$id` all the same.
    const isHidden = pointer !== '' && refHidesSiblings(this.dialect) && typeof schema['$ref'] === 'string';
    return isHidden ? undefined : id;
  }

  private report(pointer: string, keyword: string, message: string): void {
    this.problems.push({
      pointer: `${pointer}/${keyword}`,
      rule: keyword === '$id' ? '$id' : '$ref',
      message,
    });
  }
}

/** Up to draft-07 an `$id` that is a fragment names an anchor; generators also write pointers there. */
function fragmentId(id: string | undefined): string | undefined {
  return id !== undefined && id.startsWith('#') && id.length > 1 && id[1] !== '/' ? id.slice(1) : undefined;
}

/** One spelling for each place, so that it is visited once. */
function canonicalPointer(pointer: string): string {
  return pointerTokens(pointer).map(pointerToken).join('');
}
