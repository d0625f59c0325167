import { boundsOf } from './bounds.js';
import { Knowledge } from './knowledge.js';
import { memberAt, requiredNames } from './object-rules.js';
import type { Proof } from './proof.js';

const DEEPEST = 4;

/** Whether no value is valid against both, by what can be seen at once: types, bounds, listed values, a required member. */
export function areDisjoint(prover: Proof, one: Knowledge, other: Knowledge, depth = 0): boolean {
  prover.effort.spend();
  if (one.isEmpty || other.isEmpty) return true;
  if (![...one.types].some((type) => other.types.has(type))) return true;
  for (const [listed, tested] of [
    [one, other],
    [other, one],
  ] as const) {
    if (
      listed.values?.every((value) => tested.stated.some((place) => prover.accepts(place, value) === false))
    ) {
      return true;
    }
  }
  const shared = [...one.types].filter((type) => other.types.has(type));
  if (shared.every((type) => type === 'integer' || type === 'fraction') && boundsExclude(one, other))
    return true;
  if (shared.length !== 1 || shared[0] !== 'object' || depth >= DEEPEST) return false;
  const names = new Set([...requiredNames(one), ...requiredNames(other)]);
  return [...names].some((name) =>
    areDisjoint(prover, new Knowledge(memberAt(one, name)), new Knowledge(memberAt(other, name)), depth + 1),
  );
}

function boundsExclude(one: Knowledge, other: Knowledge): boolean {
  const places = [...one.places, ...other.places];
  return places.some((low) =>
    boundsOf(low, 'minimum').some((least) =>
      places.some((high) =>
        boundsOf(high, 'maximum').some(
          (most) => least.at > most.at || (least.at === most.at && (least.open || most.open)),
        ),
      ),
    ),
  );
}
