import {
  keyword,
  namedSubschemas,
  type Place,
  dependentSchemas,
  subschema,
  subschemas,
  target,
} from './places.js';

/** What is said of the members of an object by name. */
export interface Members {
  named: Map<string, Place[]>;
  patterns: Map<string, Place[]>;
  /** of a member that neither of these covers; `undefined` says nothing */
  others: Place | undefined;
  /** the schema that says nothing */
  anything: Place;
}

/**
 * What a place says of members: by its own keywords, and by `unevaluatedProperties`. Which members the latter covers
 * depends on the instance: of what is known (`possible`), only those that no branch can cover; of what is asked
 * (`certain`), all that are not covered in any case.
 */
export function membersOf(place: Place, coverage: 'possible' | 'certain'): Members[] {
  const known = cache[coverage].get(place);
  if (known) return known;
  const found = findMembers(place, coverage);
  cache[coverage].set(place, found);
  return found;
}

const cache = { possible: new WeakMap<Place, Members[]>(), certain: new WeakMap<Place, Members[]>() };

function findMembers(place: Place, coverage: 'possible' | 'certain'): Members[] {
  const found: Members[] = [];
  const anything = anythingIn(place);
  const lists = (map: ReadonlyMap<string, Place>): Map<string, Place[]> =>
    new Map([...map].map(([name, child]) => [name, [child]]));
  const named = lists(namedSubschemas(place, 'properties'));
  const patterns = lists(namedSubschemas(place, 'patternProperties'));
  const others = subschema(place, 'additionalProperties');
  if (named.size > 0 || patterns.size > 0 || others) found.push({ named, patterns, others, anything });
  const unevaluated = subschema(place, 'unevaluatedProperties');
  const covered = unevaluated && coveredNames(place, coverage === 'possible');
  if (covered) {
    const open = (names: Set<string>): Map<string, Place[]> =>
      new Map([...names].map((name) => [name, [anything]]));
    found.push({
      named: open(covered.names),
      patterns: open(covered.patterns),
      others: unevaluated,
      anything,
    });
  }
  return found;
}

export function anythingIn({ graph }: Place): Place {
  return { graph, pointer: '', schema: true, key: 'anything' };
}

/** `undefined` when every name is, or may be, covered */
function coveredNames(
  start: Place,
  withBranches: boolean,
): { names: Set<string>; patterns: Set<string> } | undefined {
  const names = new Set<string>();
  const patterns = new Set<string>();
  const seen = new Set<string>();
  const pending = [start];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    if (seen.has(place.key)) continue;
    seen.add(place.key);
    if (keyword(place, 'additionalProperties') !== undefined) return undefined;
    if (place !== start && keyword(place, 'unevaluatedProperties') !== undefined) return undefined;
    for (const name of namedSubschemas(place, 'properties').keys()) names.add(name);
    for (const pattern of namedSubschemas(place, 'patternProperties').keys()) patterns.add(pattern);
    pending.push(...[target(place) ?? []].flat(), ...subschemas(place, 'allOf'));
    if (!withBranches) continue;
    for (const name of ['anyOf', 'oneOf']) pending.push(...subschemas(place, name));
    for (const name of ['if', 'then', 'else']) pending.push(...[subschema(place, name) ?? []].flat());
    pending.push(...dependentSchemas(place).map(({ then }) => then));
  }
  return { names, patterns };
}
