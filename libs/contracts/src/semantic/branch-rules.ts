import { areDisjoint } from './disjoint.js';
import { Knowledge } from './knowledge.js';
import { type Place, subschema, subschemas } from './places.js';
import type { Proof } from './proof.js';

/** What a place asks by `allOf`, `anyOf`, `oneOf`, `not` and conditions follows from what is known. */
export function impliesBranches(prover: Proof, known: Knowledge, asked: Place): boolean {
  const excluded = subschema(asked, 'not');
  return (
    subschemas(asked, 'allOf').every((place) => prover.implies(known, place)) &&
    (!excluded || impliesNot(prover, known, excluded)) &&
    impliesCondition(prover, known, asked) &&
    impliesAny(prover, known, subschemas(asked, 'anyOf')) &&
    impliesOne(prover, known, subschemas(asked, 'oneOf'))
  );
}

function impliesNot(prover: Proof, known: Knowledge, excluded: Place): boolean {
  return (
    areDisjoint(prover, known, new Knowledge([excluded])) ||
    known.places.some((place) => {
      const other = subschema(place, 'not');
      return other !== undefined && prover.implies(new Knowledge([excluded]), other);
    })
  );
}

function impliesAny(prover: Proof, known: Knowledge, branches: Place[]): boolean {
  return branches.length === 0 || branches.some((branch) => prover.implies(known, branch));
}

function impliesOne(prover: Proof, known: Knowledge, branches: Place[]): boolean {
  if (branches.length === 0) return true;
  return (
    branches.some(
      (branch) =>
        prover.implies(known, branch) &&
        branches.every(
          (other) => other === branch || areDisjoint(prover, known, new Knowledge([branch, other])),
        ),
    ) || known.places.some((place) => sameBranches(prover, subschemas(place, 'oneOf'), branches))
  );
}

/** The same branches in any order: exactly one of these holds whenever exactly one of those does. */
function sameBranches(prover: Proof, have: Place[], want: Place[]): boolean {
  if (have.length !== want.length) return false;
  const left = [...want];
  return have.every((one) => {
    const index = left.findIndex((other) => prover.equivalence.same(one, other));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function impliesCondition(prover: Proof, known: Knowledge, asked: Place): boolean {
  const test = subschema(asked, 'if');
  if (!test) return true;
  const [then, otherwise] = [subschema(asked, 'then'), subschema(asked, 'else')];
  const positive = !then || prover.implies(withBranch(prover, known.and(test), test, 'then'), then);
  if (positive && (!otherwise || prover.implies(withBranch(prover, known, test, 'else'), otherwise)))
    return true;
  if (otherwise && positive && prover.implies(known, test)) return true;
  return (
    areDisjoint(prover, known, new Knowledge([test])) && (!otherwise || prover.implies(known, otherwise))
  );
}

/** What the conditions that test the same say, when this is how the test goes. */
function withBranch(prover: Proof, known: Knowledge, test: Place, branch: 'then' | 'else'): Knowledge {
  const more = known.places.flatMap((place) => {
    const own = subschema(place, 'if');
    const says = subschema(place, branch);
    return own && says && prover.equivalence.same(own, test) ? says : [];
  });
  return known.and(...more);
}

/** Ways to look at what is known case by case: each list of branches of which one holds. */
export function casesOf(known: Knowledge): Place[][] {
  return known.places.flatMap((place) =>
    ['anyOf', 'oneOf'].flatMap((name) => {
      const branches = subschemas(place, name);
      const isOpen = branches.length > 0 && !branches.some((branch) => known.stated.includes(branch));
      return isOpen ? [branches] : [];
    }),
  );
}
