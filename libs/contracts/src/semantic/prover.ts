import { impliesArray } from './array-rules.js';
import { casesOf, impliesBranches } from './branch-rules.js';
import type { Effort } from './effort.js';
import { assertions, Equivalence, isAnything } from './equivalence.js';
import type { Judge } from './judge.js';
import { isListed, Knowledge } from './knowledge.js';
import { impliesObject } from './object-rules.js';
import { keyword, type Place, target } from './places.js';
import type { Proof } from './proof.js';
import { impliesScalars } from './scalar-rules.js';
import { jsonType, namedTypes, valueKey } from './values.js';

const LISTING = new Set(['type', 'enum', 'const']);
const MOST_CASES = 3;

/**
 * Proves that every instance of one schema is an instance of another, by sound rules only: `false` means "not proven".
 *
 * A question that comes up again inside its own proof is answered with yes if it is about a smaller part of the
 * instance (induction over its depth).
 */
export class Prover implements Proof {
  readonly equivalence: Equivalence;
  private readonly answers = new Map<string, boolean>();
  private readonly open = new Map<string, number>();
  /** positive answers in the order they were found: those inside a proof that failed may rest on what it assumed */
  private readonly trail: string[] = [];
  private depth = 0;
  private cases = 0;

  constructor(
    readonly effort: Effort,
    private readonly judges: Record<'candidate' | 'previous', Judge>,
  ) {
    this.equivalence = new Equivalence(effort);
  }

  accepts(place: Place, value: unknown): boolean | undefined {
    if (typeof place.schema === 'boolean') return place.schema;
    if (place.graph.at(place.pointer) !== place) return undefined; // made up, not in the document
    if (assertions(place).every((name) => LISTING.has(name))) return isOneOf(place, value);
    return this.judges[place.graph.name].acceptsAt(place, value);
  }

  impliesChild(known: readonly Place[], asked: Place): boolean {
    this.depth += 1;
    try {
      return this.implies(new Knowledge(known), asked);
    } finally {
      this.depth -= 1;
    }
  }

  /** A name is smaller than the instance, as a member is. */
  impliesName(known: readonly Place[], asked: Place): boolean {
    return this.impliesChild([...known, { ...asked, schema: { type: 'string' }, key: 'name' }], asked);
  }

  implies(known: Knowledge, asked: Place): boolean {
    this.effort.spend(1 + known.places.length);
    if (asked.schema !== false && (asked.schema === true || isAnything(asked))) return true;
    if (known.isEmpty) return true;
    const key = `${known.key} => ${asked.key}`;
    const answer = this.answers.get(key);
    if (answer !== undefined) return answer;
    const opened = this.open.get(key);
    if (opened !== undefined) return opened < this.depth;
    this.open.set(key, this.depth);
    const start = this.trail.length;
    try {
      const found = this.decide(known, asked);
      if (!found) for (const other of this.trail.splice(start)) this.answers.delete(other);
      this.answers.set(key, found);
      if (found) this.trail.push(key);
      return found;
    } finally {
      this.open.delete(key);
    }
  }

  private decide(known: Knowledge, asked: Place): boolean {
    if ([...known.stated, ...known.places].some((place) => this.equivalence.same(place, asked))) return true;
    if (known.values?.every((value) => this.isFine(value, known, asked))) return true;
    if (asked.schema === false) return false;
    return this.byKeywords(known, asked) || this.byCases(known, asked);
  }

  /** A listed value is fine if it is accepted, or was not valid anyway. */
  private isFine(value: unknown, known: Knowledge, asked: Place): boolean {
    return (
      this.accepts(asked, value) === true ||
      known.stated.some((place) => this.accepts(place, value) === false)
    );
  }

  private byKeywords(known: Knowledge, asked: Place): boolean {
    const referred = target(asked);
    if (referred ? !this.implies(known, referred) : keyword(asked, '$ref') !== undefined) return false;
    return (
      impliesScalars(known, asked) &&
      (!known.types.has('object') || impliesObject(this, known, asked)) &&
      (!known.types.has('array') || impliesArray(this, known, asked)) &&
      impliesBranches(this, known, asked)
    );
  }

  private byCases(known: Knowledge, asked: Place): boolean {
    if (this.cases >= MOST_CASES) return false;
    this.cases += 1;
    try {
      return casesOf(known).some((branches) =>
        branches.every((branch) => this.implies(known.and(branch), asked)),
      );
    } finally {
      this.cases -= 1;
    }
  }
}

function isOneOf(place: Place, value: unknown): boolean {
  const [only, values] = [keyword(place, 'const'), keyword(place, 'enum')];
  return (
    namedTypes(keyword(place, 'type')).has(jsonType(value)) &&
    (only === undefined || valueKey(only) === valueKey(value)) &&
    (!Array.isArray(values) || isListed(value, values))
  );
}
