import { type Dialect, definitionsKeyword, dialectOf, idKeyword, refHidesSiblings } from './dialect.js';
import { pointerToken } from './json-pointer.js';
import { isObject, type SchemaObject } from './schema-walk.js';
import { NO_BASE, resolveUri, splitUri } from './schema-uri.js';

/**
 * The referenced schemas of a schema, with those that they refer to: text by name. A name is an absolute URI, or
 * relative to the root's `$id`, or stands in a `$ref` as it is.
 */
export type References = ReadonlyMap<string, string>;

/** A schema with all that it needs. */
export interface SchemaSource {
  text: string;
  references?: References;
}

export type Schema = SchemaObject | boolean;

/** A schema and those it refers to as one document. */
export interface Assembly {
  schema: Schema;
  /** where a schema embedded under another name than its URI is: pointer by name */
  names: Map<string, string>;
  /** name of each embedded schema, by pointer */
  homes: Map<string, string>;
}

/**
 * Embeds each reference under `$defs` (`definitions` up to draft-07), with its URI as `$id`, as core §9.3.1 bundles.
 * The inputs are not changed.
 *
 * @param references parsed, by name; equal texts were parsed to the same object
 */
export function assemble(root: Schema, references: ReadonlyMap<string, Schema>): Assembly {
  const names = new Map<string, string>();
  const homes = new Map<string, string>();
  const dialect = dialectOf(root) ?? 'draft-07';
  const keyword = definitionsKeyword(dialect);
  if (!isObject(root) || references.size === 0) return { schema: root, names, homes };
  const own: unknown = root[keyword] ?? {};
  if (!isObject(own)) return { schema: root, names, homes };

  const rootUri = splitUri(resolveUri(idOf(root, dialect), NO_BASE))[0];
  const embedded: Record<string, unknown> = { ...own };
  const pointers = new Map<Schema, string>();
  for (const [name, schema] of [...references].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const retrieval = absolute(name, rootUri);
    let pointer = pointers.get(schema);
    if (pointer === undefined) {
      const key = freeKey(name, embedded);
      embedded[key] = identified(schema, retrieval, dialect);
      pointer = `/${keyword}${pointerToken(key)}`;
      pointers.set(schema, pointer);
      homes.set(pointer, name);
    }
    names.set(name.replace(/#$/, ''), pointer);
    names.set(retrieval, pointer);
  }
  return { schema: { ...root, [keyword]: embedded }, names, homes };
}

/** The pointer of the embedded schema that holds this place; `''` for the root itself. */
export function homeOf(pointer: string, homes: ReadonlyMap<string, string>): string {
  if (homes.size === 0) return '';
  const end = pointer.indexOf('/', pointer.indexOf('/', 1) + 1);
  const prefix = end < 0 ? pointer : pointer.slice(0, end);
  return homes.has(prefix) ? prefix : '';
}

/** Pointers of the embedded schemas that the root needs, directly or through others. */
export function reachableHomes(
  links: readonly { pointer: string; target: string }[],
  homes: ReadonlyMap<string, string>,
): Set<string> {
  const reached = new Set<string>(['']);
  for (const home of reached)
    for (const { pointer, target } of links) {
      if (homeOf(pointer, homes) === home) reached.add(homeOf(target, homes));
    }
  reached.delete('');
  return reached;
}

/** The schema as an embedded resource: with an absolute `$id`, without `$schema`, which is the root's. */
function identified(schema: Schema, retrieval: string, dialect: Dialect): SchemaObject {
  const keyword = idKeyword(dialect);
  if (schema === true) return { [keyword]: retrieval };
  if (schema === false) return { [keyword]: retrieval, not: {} };
  const uri = splitUri(resolveUri(idOf(schema, dialect), retrieval))[0];
  if (refHidesSiblings(dialect) && typeof schema['$ref'] === 'string') {
    // A `$ref` would hide the URI beside it.
    const { $ref, definitions } = schema;
    return { [keyword]: uri, ...(definitions === undefined ? {} : { definitions }), allOf: [{ $ref }] };
  }
  const { $schema: _, [keyword]: __, ...rest } = schema;
  return { [keyword]: uri, ...rest };
}

function idOf(schema: SchemaObject, dialect: Dialect): string {
  const id = schema[idKeyword(dialect)];
  return typeof id === 'string' && !id.startsWith('#') ? id : '';
}

function absolute(name: string, base: string): string {
  const uri = resolveUri(name, base);
  return splitUri(URL.canParse(uri) ? uri : resolveUri(name, NO_BASE))[0];
}

/** A readable key of `$defs` from a name: `urn:wasl:contract:common.names:v1` is `common.names.v1`. */
function freeKey(name: string, taken: Readonly<Record<string, unknown>>): string {
  const last = name
    .replace(/^urn:wasl:contract:/, '')
    .replace(/[#?].*$/, '')
    .split('/')
    .findLast((part) => part !== '');
  const readable = (last ?? '').replace(/(?:\.schema)?\.json$/, '').replace(/[^\w.-]+/g, '.');
  const key = readable === '' || readable === '__proto__' ? 'schema' : readable;
  let free = key;
  for (let count = 2; Object.hasOwn(taken, free); count += 1) free = `${key}-${count}`;
  return free;
}
