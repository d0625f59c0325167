import { compilePattern, type Matcher } from '../pattern.js';
import { sizesOf } from './bounds.js';
import { membersOf, type Members } from './members.js';
import type { Knowledge } from './knowledge.js';
import { dependentNames, dependentSchemas, namesOf, numberOf, type Place, subschema } from './places.js';
import type { Proof } from './proof.js';

/** What a place says of objects follows from what is known. */
export function impliesObject(prover: Proof, known: Knowledge, asked: Place): boolean {
  const [least, most] = sizesOf(known, 'Properties');
  if (
    least < (numberOf(asked, 'minProperties') ?? 0) ||
    most > (numberOf(asked, 'maxProperties') ?? Infinity)
  ) {
    return false;
  }
  const required = requiredNames(known);
  return (
    namesOf(asked, 'required').every((name) => required.has(name)) &&
    impliesNames(prover, known, asked) &&
    impliesDependencies(prover, known, asked) &&
    membersOf(asked, 'certain').every((members) => impliesMembers(prover, known, members))
  );
}

export function requiredNames(known: Knowledge): Set<string> {
  return new Set(known.places.flatMap((place) => namesOf(place, 'required')));
}

/** All that is known of a member of this name. */
export function memberAt(known: Knowledge, name: string): Place[] {
  return known.places.flatMap((place) =>
    membersOf(place, 'possible').flatMap((members) => schemasFor(members, name)),
  );
}

function schemasFor(members: Members, name: string): Place[] {
  const named = members.named.get(name);
  const matching = [...members.patterns].filter(([pattern]) => matches(pattern, name));
  const found = [...(named ?? []), ...matching.flatMap(([, places]) => places)];
  if (named || matching.length > 0) return found;
  return members.others ? [members.others] : [];
}

function impliesMembers(prover: Proof, known: Knowledge, asked: Members): boolean {
  const facts = known.places.flatMap((place) => membersOf(place, 'possible'));
  const names = new Set([...asked.named.keys(), ...facts.flatMap((members) => [...members.named.keys()])]);
  for (const name of names) {
    prover.effort.spend(1 + asked.patterns.size + facts.length);
    const wanted = schemasFor(asked, name);
    if (wanted.length === 0 || !isNamePossible(prover, known, name)) continue;
    const have = memberAt(known, name);
    if (!wanted.every((place) => prover.impliesChild(have, place))) return false;
  }
  for (const [pattern, places] of asked.patterns) {
    prover.effort.spend(1 + facts.length);
    const isKnown = places.every((place) =>
      facts.some(
        (members) =>
          anyOther(members).every((have) => prover.impliesChild([have], place)) ||
          (members.patterns.has(pattern) && prover.impliesChild(members.patterns.get(pattern)!, place)),
      ),
    );
    if (!isKnown && !places.every((place) => prover.impliesChild([], place))) return false;
  }
  const { others } = asked;
  if (!others || prover.impliesChild([], others)) return true;
  return facts.some((members) =>
    anyOther(members, asked.patterns).every((have) => prover.impliesChild([have], others)),
  );
}

/** Each of the schemas that a member with a name listed nowhere may fall under; `true` if it may be anything. */
function anyOther(members: Members, except?: ReadonlyMap<string, unknown>): Place[] {
  const patterns = [...members.patterns].filter(([pattern]) => !except?.has(pattern));
  return [...patterns.flatMap(([, places]) => places), members.others ?? members.anything];
}

function isNamePossible(prover: Proof, known: Knowledge, name: string): boolean {
  return known.places.every((place) => {
    const names = subschema(place, 'propertyNames');
    return !names || prover.accepts(names, name) !== false;
  });
}

function impliesNames(prover: Proof, known: Knowledge, asked: Place): boolean {
  const wanted = subschema(asked, 'propertyNames');
  if (!wanted) return true;
  const stated = known.places.flatMap((place) => subschema(place, 'propertyNames') ?? []);
  if (prover.impliesName(stated, wanted)) return true;
  return known.places
    .flatMap((place) => membersOf(place, 'possible'))
    .some(
      ({ named, patterns, others }) =>
        others?.schema === false &&
        patterns.size === 0 &&
        [...named.keys()].every((name) => prover.accepts(wanted, name) === true),
    );
}

function impliesDependencies(prover: Proof, known: Knowledge, asked: Place): boolean {
  const required = requiredNames(known);
  for (const [trigger, names] of dependentNames(asked)) {
    const present = new Set([...required, trigger]);
    for (const place of known.places)
      for (const name of dependentNames(place).get(trigger) ?? []) present.add(name);
    if (!names.every((name) => present.has(name)) && !isForbidden(known, trigger)) return false;
  }
  return dependentSchemas(asked).every(({ trigger, then }) => {
    const given = known.places.flatMap((place) =>
      dependentSchemas(place).flatMap((other) => (other.trigger === trigger ? other.then : [])),
    );
    return prover.implies(known.and(...given), then) || isForbidden(known, trigger);
  });
}

function isForbidden(known: Knowledge, name: string): boolean {
  return memberAt(known, name).some((place) => place.schema === false);
}

const MOST_PATTERNS = 2_000;
const matchers = new Map<string, Matcher>();

function matches(pattern: string, name: string): boolean {
  let matcher = matchers.get(pattern);
  if (!matcher) {
    if (matchers.size >= MOST_PATTERNS) matchers.clear();
    matcher = compilePattern(pattern);
    matchers.set(pattern, matcher);
  }
  return matcher.test(name);
}
