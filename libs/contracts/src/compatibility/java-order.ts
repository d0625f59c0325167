const MIN_CAPACITY = 16;
const LOAD_FACTOR = 0.75;

type Table = ReadonlyMap<string, unknown>;
type Filter = (name: string) => boolean;

/**
 * The names of a table that matter, in the order in which Java's `HashMap` walks them: Confluent lists differences in
 * that order. Names of one bucket keep the order they came in (true up to eight of them).
 */
export function javaOrder(table: Table, matters: Filter): string[] {
  return byBucket([...table.keys()].filter(matters), capacityFor(table.size));
}

/** The names of two tables that matter, in the order of a `HashSet` made of the first and then given the second. */
export function javaUnion(first: Table, second: Table, matters: Filter): string[] {
  let size = first.size;
  for (const name of second.keys()) if (!first.has(name)) size += 1;
  const names = [
    ...javaOrder(first, matters),
    ...javaOrder(second, (name) => !first.has(name) && matters(name)),
  ];
  // A set made of others is given room for them at once, so it may be larger than one that grew.
  const presized = powerOf2(Math.floor(first.size / LOAD_FACTOR) + 1);
  return byBucket(names, Math.max(presized, capacityFor(size)));
}

function capacityFor(size: number): number {
  return powerOf2(size / LOAD_FACTOR);
}

function powerOf2(least: number): number {
  let capacity = MIN_CAPACITY;
  while (capacity < least) capacity *= 2;
  return capacity;
}

function byBucket(names: string[], capacity: number): string[] {
  if (names.length < 2) return names;
  return names
    .map((name) => ({ name, bucket: spreadHash(name) & (capacity - 1) }))
    .sort((left, right) => left.bucket - right.bucket)
    .map(({ name }) => name);
}

function spreadHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash ^ (hash >>> 16);
}
