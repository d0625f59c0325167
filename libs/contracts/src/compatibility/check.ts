import { Budget, BudgetExceeded } from '../budget.js';
import type { SchemaSource } from '../references.js';
import { Comparison } from './comparison.js';
import { ALLOWED_DIFFERENCES, type CompatibilityPolicy, type Difference } from './difference.js';
import { loadModel } from './load.js';
import { differenceMessage, oldSchemaMessages, type Roles, settingsMessage } from './messages.js';
import { Interner, type Model } from './model.js';

export const COMPATIBILITY_LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;

export type CompatibilityLevel = (typeof COMPATIBILITY_LEVELS)[number];

export interface CompatibilityRequest {
  candidate: SchemaSource;
  /** oldest first */
  previous: readonly (SchemaSource & { version?: number })[];
  level: CompatibilityLevel;
  policy: CompatibilityPolicy;
  /** compare with all previous versions, or with the latest only, whatever the level says */
  transitiveOverride?: boolean;
  /** only shown, in the last message */
  validateFields?: boolean;
}

export interface CompatibilityVerdict {
  compatible: boolean;
  /** as a Confluent registry words and orders them; empty if compatible */
  messages: string[];
  /** the incompatible ones, of both directions for FULL */
  differences: Difference[];
}

/**
 * Steps that comparing one pair of schemas may cost in one direction, 0.2 to 0.5 µs each: anyone may ask, and the caller
 * waits in the service's own thread. Two contracts of 200 KB that differ in every property need 15,000.
 */
const MAX_STEPS = 200_000;
/** For all versions together, and for reading them: 10,000 for 200 KB. */
const MAX_STEPS_IN_ALL = 500_000;

const BACKWARD: Roles = { reader: 'new', writer: 'old' };
const FORWARD: Roles = { reader: 'old', writer: 'new' };

/**
 * Whether the candidate may follow the previous versions, decided as the Confluent Schema Registry decides it: newest
 * version first, up to the first that it may not follow. What would cost too much to compare counts as incompatible.
 *
 * @throws SyntaxError if a schema text is not JSON
 */
export function checkCompatibility(request: CompatibilityRequest): CompatibilityVerdict {
  const { candidate, previous, level, policy } = request;
  const isTransitive = request.transitiveOverride ?? level.endsWith('_TRANSITIVE');
  const versions = level === 'NONE' ? [] : previous.slice(isTransitive ? 0 : -1).reverse();
  const checker = new Checker(candidate, policy);
  for (const version of versions) {
    const original = checker.load(version);
    const forward = level.startsWith('BACKWARD') ? [] : checker.forward(original);
    const backward = level.startsWith('FORWARD') ? [] : checker.backward(original);
    const differences = [...forward, ...backward];
    if (differences.length === 0) continue;
    // As in Confluent's registry, FULL names the version only where the backward direction failed.
    const isNamed = backward.length > 0 || level.startsWith('FORWARD');
    const messages = [
      ...forward.map((difference) => differenceMessage(difference, FORWARD)),
      ...backward.map((difference) => differenceMessage(difference, BACKWARD)),
      ...(isNamed ? oldSchemaMessages(version.version, version.text) : []),
      settingsMessage(request.validateFields ?? false, level),
    ];
    return { compatible: false, messages, differences };
  }
  return { compatible: true, messages: [], differences: [] };
}

/**
 * Whether the candidate may read all data of one original.
 *
 * @throws SyntaxError if a schema text is not JSON
 */
export function isBackward(
  candidate: SchemaSource,
  original: SchemaSource,
  policy: CompatibilityPolicy,
): Pick<CompatibilityVerdict, 'compatible' | 'differences'> {
  const checker = new Checker(candidate, policy);
  const differences = checker.backward(checker.load(original));
  return { compatible: differences.length === 0, differences };
}

/** `undefined` where there is too much of a schema. */
type Loaded = Model | undefined;

/** A candidate, loaded once for all versions and both directions. */
class Checker {
  private readonly interner = new Interner();
  private stepsLeft = MAX_STEPS_IN_ALL;
  private readonly candidate: Loaded;

  constructor(
    candidate: SchemaSource,
    private readonly policy: CompatibilityPolicy,
  ) {
    this.candidate = this.load(candidate);
  }

  load(source: SchemaSource): Loaded {
    return this.within((budget) => loadModel(source, this.interner, budget));
  }

  backward(original: Loaded): Difference[] {
    return this.compare(original, this.candidate);
  }

  forward(original: Loaded): Difference[] {
    return this.compare(this.candidate, original);
  }

  private compare(original: Loaded, update: Loaded): Difference[] {
    const allowed = ALLOWED_DIFFERENCES[this.policy];
    const found =
      original && update && this.within((budget) => new Comparison(original, update, allowed, budget).run());
    if (found === undefined) return [{ type: 'COMPARISON_TOO_COSTLY', path: '#/' }];
    return found
      .filter(({ type }) => !allowed.has(type))
      .map(({ type, path }) => ({ type, path: `#/${path}` }));
  }

  private within<T>(work: (budget: Budget) => T): T | undefined {
    const budget = new Budget();
    const given = Math.min(MAX_STEPS, this.stepsLeft);
    budget.left = given;
    try {
      return work(budget);
    } catch (error) {
      if (error instanceof BudgetExceeded) return undefined;
      throw error;
    } finally {
      this.stepsLeft -= given - Math.max(budget.left, 0);
    }
  }
}
