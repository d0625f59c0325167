import type { Budget } from '../budget.js';
import { compilePattern, type Matcher, MAX_PATTERN_LENGTH } from '../pattern.js';
import type { Comparer } from './comparer.js';
import { compareArrays } from './compare-arrays.js';
import { compareCombined, compareWithUnion } from './compare-combined.js';
import { compareObjects } from './compare-objects.js';
import { compareConsts, compareEnums, compareNumbers, compareStrings } from './compare-values.js';
import { type Difference, type DifferenceType, Findings } from './difference.js';
import type { Model, Node } from './model.js';

/** Pairs within pairs: each costs some frames of the call stack. */
const MAX_NESTING = 400;

/** A pair that is remembered costs about so many times a pair of leaves. */
const PAIR_UNITS = 10;

/** Leaves that are large may be compared with each of many others. */
const VALUES_PER_UNIT = 8;
const CHARACTERS_PER_UNIT = 4_096;

/** Others are compared at once: that is cheaper than to remember the result. */
const HAS_PARTS = new Set<Node['kind']>(['object', 'array', 'combined', 'not']);

type Pairs<T> = Map<Node, Map<Node, T>>;

/**
 * Compares an original with its update: what of the update could refuse what the original took. A pair is compared
 * once and its result used again; a pair met again within itself counts as without differences, and as that may prove
 * wrong, the whole is repeated with what is known to be incompatible until nothing more becomes so (greatest fixed
 * point).
 */
export class Comparison implements Comparer {
  private known: Pairs<readonly Difference[]> = new Map();
  private refused: Pairs<readonly Difference[]> = new Map();
  private readonly open: Pairs<true> = new Map();
  private refusedPairs = 0;
  private wasOptimistic = false;
  private nesting = 0;
  private readonly changed: ReadonlySet<string>;
  private readonly matchers = new Map<string, Matcher | undefined>();

  constructor(
    private readonly original: Model,
    private readonly update: Model,
    private readonly allowed: ReadonlySet<DifferenceType>,
    readonly budget: Budget,
  ) {
    this.changed = changedTargets(original, update);
  }

  /** All differences, allowed or not. Throws BudgetExceeded. */
  run(): readonly Difference[] {
    for (;;) {
      const before = this.refusedPairs;
      const findings = this.differences(this.original.root, this.update.root);
      const refused = this.collectRefused();
      if (!this.wasOptimistic || this.refusedPairs === before) return findings;
      this.refused = refused;
      this.known = new Map();
      this.wasOptimistic = false;
    }
  }

  isCompatible(differences: readonly Difference[]): boolean {
    return differences.every(({ type }) => this.allowed.has(type));
  }

  compare(original: Node | undefined, update: Node | undefined, into: Findings): void {
    if (original === undefined) {
      if (update !== undefined) into.add('SCHEMA_ADDED');
    } else if (update === undefined) {
      into.add('SCHEMA_REMOVED');
    } else {
      const differences = this.differences(original, update);
      this.budget.spend(differences.length);
      into.addAll(differences);
    }
  }

  differences(original: Node, update: Node): readonly Difference[] {
    this.budget.spend(1);
    if (this.isSame(original, update)) return [];
    const [left, right] = [referredBy(original), referredBy(update)];
    if (this.isSame(left, right)) return [];
    if (!HAS_PARTS.has(left.kind) && !HAS_PARTS.has(right.kind)) return this.found(left, right);
    const known = this.known.get(left)?.get(right);
    if (known !== undefined) return known;
    if (this.open.get(left)?.has(right)) {
      const refused = this.refused.get(left)?.get(right);
      if (refused === undefined) this.wasOptimistic = true;
      return refused ?? [];
    }
    return this.pair(left, right);
  }

  isSame(original: Node, update: Node): boolean {
    return original.id === update.id && !original.references.some((key) => this.changed.has(key));
  }

  matcher(pattern: string): Matcher | undefined {
    if (!this.matchers.has(pattern)) {
      this.budget.spend(pattern.length);
      this.matchers.set(pattern, tryCompile(pattern));
    }
    return this.matchers.get(pattern);
  }

  private pair(original: Node, update: Node): readonly Difference[] {
    this.budget.spend(PAIR_UNITS);
    const open = setOf(this.open, original);
    open.set(update, true);
    this.nesting += 1;
    if (this.nesting > MAX_NESTING) this.budget.spend(Infinity);
    const differences = this.found(original, update);
    this.nesting -= 1;
    open.delete(update);
    setOf(this.known, original).set(update, differences);
    return differences;
  }

  private found(original: Node, update: Node): readonly Difference[] {
    const findings = new Findings();
    this.compareKinds(original, update, findings);
    return findings.list;
  }

  private compareKinds(original: Node, update: Node, into: Findings): void {
    if (compareWithUnion(this, original, update, into)) return;
    if (original.kind !== update.kind) {
      const isHarmless = original.kind === 'false' || update.kind === 'empty';
      if (!isHarmless && !(original.isBytes && update.isBytes)) into.add('TYPE_CHANGED');
      return;
    }
    if (original.kind === 'string') compareStrings(original, update as typeof original, into);
    else if (original.kind === 'number') compareNumbers(original, update as typeof original, into);
    else if (original.kind === 'enum') {
      this.budget.spend((original.values.size + (update as typeof original).values.size) / VALUES_PER_UNIT);
      compareEnums(original, update as typeof original, into);
    } else if (original.kind === 'const') {
      this.budget.spend(original.value.length / CHARACTERS_PER_UNIT);
      compareConsts(original, update as typeof original, into);
    } else if (original.kind === 'combined') compareCombined(this, original, update as typeof original, into);
    else if (original.kind === 'object') compareObjects(this, original, update as typeof original, into);
    else if (original.kind === 'array') compareArrays(this, original, update as typeof original, into);
    else if (original.kind === 'unresolved' && original.id !== update.id) into.add('TYPE_CHANGED');
    else if (original.kind === 'not') {
      // What is forbidden may only shrink, so here the update takes the part of the original.
      const differences = this.differences((update as typeof original).negated, original.negated);
      into.add(this.isCompatible(differences) ? 'NOT_TYPE_NARROWED' : 'NOT_TYPE_EXTENDED', 'not');
    }
  }

  private collectRefused(): Pairs<readonly Difference[]> {
    const refused: Pairs<readonly Difference[]> = new Map();
    this.refusedPairs = 0;
    for (const [original, pairs] of this.known)
      for (const [update, differences] of pairs) {
        if (this.isCompatible(differences)) continue;
        setOf(refused, original).set(update, differences);
        this.refusedPairs += 1;
      }
    return refused;
  }
}

/** One step only: a reference to a reference stays one, and two such are not looked into (as in Confluent's checker). */
function referredBy(node: Node): Node {
  return node.kind === 'reference' ? node.target! : node;
}

function setOf<T>(pairs: Pairs<T>, original: Node): Map<Node, T> {
  let inner = pairs.get(original);
  if (inner === undefined) pairs.set(original, (inner = new Map<Node, T>()));
  return inner;
}

/** Places that do not hold the same in both documents, or refer to such. */
function changedTargets(original: Model, update: Model): Set<string> {
  const changed = new Set<string>();
  const referrers = new Map<string, string[]>();
  for (const key of new Set([...original.targets.keys(), ...update.targets.keys()])) {
    const [left, right] = [original.targets.get(key), update.targets.get(key)];
    if (left?.id !== right?.id) changed.add(key);
    for (const referred of left?.references ?? []) {
      const known = referrers.get(referred);
      if (known) known.push(key);
      else referrers.set(referred, [key]);
    }
  }
  for (const key of changed) for (const referrer of referrers.get(key) ?? []) changed.add(referrer);
  return changed;
}

function tryCompile(pattern: string): Matcher | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return undefined;
  try {
    return compilePattern(pattern);
  } catch {
    return undefined;
  }
}
