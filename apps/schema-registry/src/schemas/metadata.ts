import type { Hash } from 'node:crypto';

/** Tags by path, properties and the names of sensitive ones, sorted, as they count for identity. */
export interface Metadata {
  tags: Record<string, string[]>;
  properties: Record<string, string>;
  sensitive: string[];
}

/** Metadata property that carries the number of a version registered with one. */
export const CONFLUENT_VERSION = 'confluent:version';

const MOST_ENTRIES = 1_000;
const LONGEST_TEXT = 10_000;

/** @returns what is wrong with it, or the metadata in canonical order; `null` and absent are `undefined` */
export function parseMetadata(value: unknown): Metadata | undefined {
  if (value === undefined || value === null) return undefined;
  const { tags, properties, sensitive } = record(value, 'metadata');
  return {
    tags: sortedMap(record(tags ?? {}, 'metadata.tags'), (list, at) => sortedSet(list, at)),
    properties: sortedMap(record(properties ?? {}, 'metadata.properties'), text),
    sensitive: sortedSet(sensitive ?? [], 'metadata.sensitive'),
  };
}

/** What the newer says counts; what only the older says stays. */
export function mergeMetadata(
  older: Metadata | undefined,
  newer: Metadata | undefined,
): Metadata | undefined {
  if (!older || !newer) return newer ?? older;
  return {
    tags: sortedMap({ ...older.tags, ...newer.tags }, (list) => list),
    properties: sortedMap({ ...older.properties, ...newer.properties }, (item) => item),
    sensitive: [...new Set([...older.sensitive, ...newer.sensitive])].sort(),
  };
}

export function withVersion(metadata: Metadata | undefined, version: number): Metadata {
  const properties = { [CONFLUENT_VERSION]: String(version) };
  return mergeMetadata(metadata, { tags: {}, properties, sensitive: [] })!;
}

/** Feeds metadata to the digest that becomes a GUID, in Confluent's order. */
export function hashMetadata(hash: Hash, metadata: Metadata): void {
  for (const [path, tags] of byName(metadata.tags)) {
    hash.update(path);
    for (const tag of tags) hash.update(tag);
  }
  for (const [name, value] of byName(metadata.properties)) hash.update(name).update(value);
  for (const name of metadata.sensitive) hash.update(name);
}

/** Members in order of their names as texts, in which an object does not hold names that are whole numbers. */
export function byName<T>(map: Record<string, T>): [name: string, value: T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

/** Metadata as answers show it: empty members left out. */
export function metadataAnswer({ tags, properties, sensitive }: Metadata): object {
  return {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(sensitive.length > 0 ? { sensitive } : {}),
  };
}

/** What a client sent is not of the expected shape; the message says where. */
export class ShapeError extends Error {}

export function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ShapeError(`${at} must be an object`);
  if (Object.keys(value).length > MOST_ENTRIES)
    throw new ShapeError(`${at} has more than ${MOST_ENTRIES} members`);
  return value as Record<string, unknown>;
}

export function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new ShapeError(`${at} must be a string`);
  if (value.length > LONGEST_TEXT || value.includes('\0'))
    throw new ShapeError(`${at} is longer than ${LONGEST_TEXT} characters, or holds a NUL`);
  return value;
}

export function sortedSet(value: unknown, at: string): string[] {
  if (!Array.isArray(value) || value.length > MOST_ENTRIES)
    throw new ShapeError(`${at} must be an array of at most ${MOST_ENTRIES} strings`);
  return [...new Set(value.map((item) => text(item, at)))].sort();
}

/** A map in order of its names, but for whole numbers, which lead in any JavaScript object. */
export function sortedMap<T, U>(
  map: Record<string, T>,
  item: (value: T, at: string) => U,
): Record<string, U> {
  const sorted: Record<string, U> = {};
  for (const name of Object.keys(map).sort()) {
    Object.defineProperty(sorted, text(name, 'a name'), {
      value: item(map[name]!, name),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return sorted;
}
