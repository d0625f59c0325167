import type { Knowledge } from './knowledge.js';
import { keyword, namesOf, numberOf, type Place, itemSchemas, subschema, namedSubschemas } from './places.js';

/** A bound on numbers; `open` when the bound itself is left out. */
export interface Bound {
  at: number;
  open: boolean;
}

/** The bounds that one place states; draft-04 has flags beside them. */
export function boundsOf(place: Place, side: 'minimum' | 'maximum'): Bound[] {
  const found: Bound[] = [];
  const at = numberOf(place, side);
  const exclusive = keyword(place, side === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum');
  if (at !== undefined) found.push({ at, open: exclusive === true });
  if (typeof exclusive === 'number') found.push({ at: exclusive, open: true });
  return found;
}

/** Whether all numbers within `known` are within `asked`, seen from the side that is bounded. */
export function impliesBound(
  known: Bound,
  asked: Bound,
  side: 'minimum' | 'maximum',
  integers: boolean,
): boolean {
  const sign = side === 'minimum' ? 1 : -1;
  const [have, want] = [known.at * sign, asked.at * sign];
  if (have > want || (have === want && (known.open || !asked.open))) return true;
  if (!integers || (!Number.isSafeInteger(known.at) && Math.abs(known.at) > 2 ** 52)) return false;
  // The least integer that is left is what counts.
  const least = known.open ? Math.floor(have) + 1 : Math.ceil(have);
  return asked.open ? least > want : least >= want;
}

/** The smallest and largest number of characters, items or members that is possible. */
export function sizesOf(known: Knowledge, kind: 'Length' | 'Items' | 'Properties'): [number, number] {
  const least = [0, ...known.numbers((place) => numberOf(place, `min${kind}`))];
  const most = [Infinity, ...known.numbers((place) => numberOf(place, `max${kind}`))];
  for (const place of known.places) {
    if (kind === 'Properties') {
      least.push(new Set(namesOf(place, 'required')).size);
      const isClosed = subschema(place, 'additionalProperties')?.schema === false;
      if (isClosed && namedSubschemas(place, 'patternProperties').size === 0)
        most.push(namedSubschemas(place, 'properties').size);
    } else if (kind === 'Items') {
      const { prefix, rest } = itemSchemas(place);
      if (rest?.schema === false) most.push(prefix.length);
    }
  }
  return [Math.max(...least), Math.min(...most)];
}
