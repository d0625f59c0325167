import { sizesOf } from './bounds.js';
import { itemsAt } from './array-rules.js';
import { Knowledge } from './knowledge.js';
import { membersOf } from './members.js';
import { memberAt, requiredNames } from './object-rules.js';
import {
  dependentNames,
  dependentSchemas,
  itemSchemas,
  keyword,
  namedSubschemas,
  numberOf,
  type Place,
  subschema,
} from './places.js';
import { textMatching } from './regex-strings.js';
import type { Random } from './random.js';
import { objectOf, valueKey } from './values.js';

const MOST_ITEMS = 40;
const MOST_FREE_NAMES = 20;
const DEPTH_OF_OPTIONAL_MEMBERS = 8;

/** What builds the parts of a structure, and knows which of them are wanted. */
export interface Building {
  /** chance, or the smallest that will do */
  random: Random | undefined;
  isOnTheWay(places: readonly Place[]): boolean;
  build(stated: readonly Place[], depth: number): unknown;
}

export function sampleObject(sampler: Building, start: Knowledge, depth: number): Record<string, unknown> {
  const known = withDependencies(sampler, start);
  const names = namesFor(sampler, known, depth);
  const members = [...names].map((name): [string, unknown] => [
    name,
    sampler.build(memberAt(known, name), depth + 1),
  ]);
  return objectOf(members);
}

/** With the schemas that the required members bring in, or those that the aim asks for. */
function withDependencies(sampler: Building, start: Knowledge): Knowledge {
  let known = start;
  for (let round = 0; round < 3; round += 1) {
    const required = requiredNames(known);
    const more = known.places.flatMap((place) =>
      dependentSchemas(place).flatMap(({ trigger, then }) =>
        (required.has(trigger) || sampler.isOnTheWay([then])) && !known.stated.includes(then) ? [then] : [],
      ),
    );
    if (more.length === 0) break;
    known = known.and(...more);
  }
  return known;
}

function namesFor(sampler: Building, known: Knowledge, depth: number): Set<string> {
  const required = requiredNames(known);
  const names = new Set([...required, ...wantedNames(sampler, known, depth)]);
  const [least, most] = sizesOf(known, 'Properties');
  const more = names.size < least ? [...declaredNames(known), ...freeNames(sampler, known), ...FILLERS] : [];
  for (const name of more) {
    if (names.size < least && !isForbidden(memberAt(known, name))) names.add(name);
  }
  for (const place of known.places) {
    for (const [trigger, others] of dependentNames(place)) {
      if (names.has(trigger)) for (const other of others) names.add(other);
    }
  }
  return new Set([...names].slice(0, Math.max(most, required.size)));
}

const FILLERS = ['more', 'more2', 'more3', 'more4'];

/** Optional members: those on the way of the aim, and some by chance. */
function wantedNames(sampler: Building, known: Knowledge, depth: number): string[] {
  const { random } = sampler;
  const names = known.places.flatMap((place) =>
    dependentSchemas(place).flatMap(({ trigger, then }) => (sampler.isOnTheWay([then]) ? trigger : [])),
  );
  for (const name of declaredNames(known)) {
    const schemas = memberAt(known, name);
    const byChance = random && depth < DEPTH_OF_OPTIONAL_MEMBERS && random.below(2 + depth) === 0;
    if (!isForbidden(schemas) && (byChance || sampler.isOnTheWay(schemas))) names.push(name);
  }
  for (const name of freeNames(sampler, known)) {
    if (sampler.isOnTheWay(memberAt(known, name)) || random?.below(6) === 0) names.push(name);
  }
  return names;
}

function isForbidden(schemas: readonly Place[]): boolean {
  return schemas.some(({ schema }) => schema === false);
}

export function declaredNames(known: Knowledge): Set<string> {
  return new Set(known.places.flatMap((place) => [...namedSubschemas(place, 'properties').keys()]));
}

/** Names that are not declared: one for each pattern, one that nothing covers. */
export function freeNames(sampler: Building, known: Knowledge): string[] {
  const patterns = known.places.flatMap((place) =>
    membersOf(place, 'possible').flatMap((members) => [...members.patterns.keys()]),
  );
  const restricted = known.places.flatMap((place) => subschema(place, 'propertyNames') ?? []);
  const how = sampler.random ?? 'short';
  const fromPatterns = patterns
    .slice(0, MOST_FREE_NAMES)
    .flatMap((pattern) => textMatching(pattern, how) || []);
  if (restricted.length === 0) return [...fromPatterns, 'extra'];
  const { random } = sampler;
  const named = restricted.flatMap((place) => {
    const pattern = keyword(place, 'pattern');
    return typeof pattern === 'string' ? (textMatching(pattern, how) ?? []) : [];
  });
  return [...fromPatterns, ...named, random ? 'Extra-1' : 'extra'];
}

export function sampleArray(sampler: Building, known: Knowledge, depth: number): unknown[] {
  const { random } = sampler;
  const [least, most] = sizesOf(known, 'Items');
  let length = least;
  if (random && depth < DEPTH_OF_OPTIONAL_MEMBERS) length += random.below(3);
  for (let index = 0; index < 4; index += 1) {
    if (sampler.isOnTheWay(itemsAt(known, index))) length = Math.max(length, index + 1);
  }
  const contained = known.places.flatMap((place) => {
    const wanted = subschema(place, 'contains');
    return wanted ? Array<Place>(Math.min(numberOf(place, 'minContains') ?? 1, MOST_ITEMS)).fill(wanted) : [];
  });
  const prefix = Math.max(0, ...known.places.map((place) => itemSchemas(place).prefix.length));
  length = Math.min(Math.max(length, contained.length > 0 ? prefix + contained.length : 0), most, MOST_ITEMS);
  const isUnique = known.places.some((place) => keyword(place, 'uniqueItems') === true);
  const items: unknown[] = [];
  for (let index = 0; index < length; index += 1) {
    const wanted = contained[index - Math.max(0, length - contained.length)];
    const schemas = [...itemsAt(known, index), ...(wanted ? [wanted] : [])];
    const item = sampler.build(schemas, depth + 1);
    const seen = new Set(items.map(valueKey));
    items.push(isUnique && seen.has(valueKey(item)) ? distinct(schemas, item, seen) : item);
  }
  return items;
}

/** Another value, for arrays of distinct items. */
function distinct(schemas: readonly Place[], item: unknown, seen: ReadonlySet<string>): unknown {
  const listed = new Knowledge(schemas).values ?? [];
  const others = [...listed, ...Array.from({ length: 44 }, (_, index) => variant(item, index))];
  return others.find((other) => !seen.has(valueKey(other))) ?? item;
}

function variant(item: unknown, index: number): unknown {
  if (typeof item === 'number') return item + index;
  if (typeof item === 'string') return `${item}${index}`;
  return index;
}
