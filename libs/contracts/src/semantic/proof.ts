import type { Effort } from './effort.js';
import type { Equivalence } from './equivalence.js';
import type { Knowledge } from './knowledge.js';
import type { Place } from './places.js';

/** What the rules ask of the proof that they are part of. */
export interface Proof {
  readonly effort: Effort;
  readonly equivalence: Equivalence;
  /** Whether all that is known of an instance implies that it is valid at a place; `false` means "not proven". */
  implies(known: Knowledge, asked: Place): boolean;
  /** the same for a member or an item of the instance */
  impliesChild(known: readonly Place[], asked: Place): boolean;
  /** the same for the name of a member: always a string */
  impliesName(known: readonly Place[], asked: Place): boolean;
  /** by the validator; `undefined` when that cannot be told */
  accepts(place: Place, value: unknown): boolean | undefined;
}
