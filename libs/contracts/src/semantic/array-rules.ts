import { sizesOf } from './bounds.js';
import type { Knowledge } from './knowledge.js';
import { isAnything } from './equivalence.js';
import type { Proof } from './proof.js';
import { itemSchemas, keyword, numberOf, type Place, subschema } from './places.js';

/** What a place says of arrays follows from what is known. */
export function impliesArray(prover: Proof, known: Knowledge, asked: Place): boolean {
  const [least, most] = sizesOf(known, 'Items');
  if (least < (numberOf(asked, 'minItems') ?? 0) || most > (numberOf(asked, 'maxItems') ?? Infinity))
    return false;
  if (keyword(asked, 'uniqueItems') === true && most > 1) {
    if (!known.places.some((place) => keyword(place, 'uniqueItems') === true)) return false;
  }
  const { prefix, rest } = itemSchemas(asked);
  const first = Math.max(prefix.length, ...known.places.map((place) => itemSchemas(place).prefix.length));
  for (let index = 0; index <= first; index += 1) {
    if (index >= most) break;
    const item = prefix[index] ?? rest;
    if (item && !prover.impliesChild(itemsAt(known, index), item)) return false;
  }
  return impliesContains(prover, known, asked, least) && impliesUnevaluated(known, asked);
}

/** What is known of the item at an index; beyond all prefixes, of each further item. */
export function itemsAt(known: Knowledge, index: number): Place[] {
  return known.places.flatMap((place) => {
    const { prefix, rest } = itemSchemas(place);
    return prefix[index] ?? rest ?? [];
  });
}

function impliesContains(prover: Proof, known: Knowledge, asked: Place, least: number): boolean {
  const wanted = subschema(asked, 'contains');
  if (!wanted) return true;
  const fewest = numberOf(asked, 'minContains') ?? 1;
  const most = numberOf(asked, 'maxContains') ?? Infinity;
  const isMet = known.places.some((place) => {
    const have = subschema(place, 'contains');
    if (!have) return false;
    const enough = (numberOf(place, 'minContains') ?? 1) >= fewest && prover.impliesChild([have], wanted);
    const few = (numberOf(place, 'maxContains') ?? Infinity) <= most && prover.impliesChild([wanted], have);
    return (fewest === 0 || enough) && (most === Infinity || few);
  });
  return isMet || (most === Infinity && (fewest === 0 || (isAnything(wanted) && least >= fewest)));
}

/** Only where it adds nothing, or says the same as `items`; else the whole place has to be the same. */
function impliesUnevaluated(known: Knowledge, asked: Place): boolean {
  const unevaluated = subschema(asked, 'unevaluatedItems');
  return (
    !unevaluated ||
    isAnything(unevaluated) ||
    itemSchemas(asked).rest !== undefined ||
    sizesOf(known, 'Items')[1] <= itemSchemas(asked).prefix.length
  );
}
