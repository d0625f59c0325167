import type { CompatibilityLevel } from '../compatibility/check.js';
import { inspectSchema } from '../lint.js';
import { LINT_LIMITS } from '../lint-limits.js';
import type { SchemaSource } from '../references.js';
import { Effort, type EffortLimits, EffortSpent } from './effort.js';
import { Judge } from './judge.js';
import { Knowledge } from './knowledge.js';
import { SchemaGraph } from './places.js';
import { Prover } from './prover.js';
import { reasonKey, type SemanticReason } from './reasons.js';
import { Search } from './search.js';

export interface SemanticQuestion {
  candidate: SchemaSource;
  /** oldest first */
  previous: readonly (SchemaSource & { version: number })[];
  level: CompatibilityLevel;
  limits?: Partial<EffortLimits>;
  /** instances that are likely to be valid, such as the examples of the contract */
  seeds?: readonly unknown[];
}

export interface SemanticVerdict {
  /** `compatible` is proven, `incompatible` has reasons; all else is `undecided` */
  verdict: 'compatible' | 'incompatible' | 'undecided';
  /** at most 20, each place and rule once */
  reasons: SemanticReason[];
}

export const SEMANTIC_LIMITS: Readonly<EffortLimits> = {
  instances: 20_000,
  steps: 2_000_000,
  milliseconds: 5_000,
  now: () => performance.now(),
};

const MOST_REASONS = 20;
const SHARE_OF_THE_PROOF = 0.4;

/**
 * Judges a new version of a schema by meaning: whether each instance of one version is an instance of the other.
 * Never throws: what is invalid, or takes too long, is `undecided`.
 */
export function semanticVerdict(question: SemanticQuestion): SemanticVerdict {
  const effort = new Effort({ ...SEMANTIC_LIMITS, ...question.limits });
  const { level, previous } = question;
  const against = level.endsWith('_TRANSITIVE') ? [...previous].reverse() : previous.slice(-1);
  const reasons = new Map<string, SemanticReason>();
  let isProven = true;
  for (const older of level === 'NONE' ? [] : against) {
    for (const direction of ['backward', 'forward'] as const) {
      const isAsked = level.startsWith('FULL') || level.toLowerCase().startsWith(direction);
      if (!isAsked) continue;
      const found = compare(question, older, direction, effort, MOST_REASONS - reasons.size);
      isProven &&= found === 'proven';
      if (found === 'proven') continue;
      for (const reason of found) {
        const key = `${direction} ${reasonKey(reason)}`;
        if (!reasons.has(key)) reasons.set(key, reason);
      }
    }
  }
  if (reasons.size > 0) return { verdict: 'incompatible', reasons: [...reasons.values()] };
  return { verdict: isProven ? 'compatible' : 'undecided', reasons: [] };
}

/** One direction against one version: proven, or the reasons against, if any. */
function compare(
  question: SemanticQuestion,
  older: SchemaSource & { version: number },
  direction: 'backward' | 'forward',
  effort: Effort,
  most: number,
): 'proven' | SemanticReason[] {
  let search: Search | undefined;
  try {
    const candidate = graphOf('candidate', question.candidate);
    const previous = graphOf('previous', older);
    if (!candidate || !previous) return [];
    const judges = { candidate: new Judge(candidate, effort), previous: new Judge(previous, effort) };
    const [accepting, refusing] =
      direction === 'backward' ? [judges.previous, judges.candidate] : [judges.candidate, judges.previous];
    const prover = new Prover(effort, judges);
    const known = new Knowledge([accepting.graph.root]);
    const prove = (): boolean => prover.implies(known, refusing.graph.root);
    if (effort.attempt(SHARE_OF_THE_PROOF, prove) === true) return 'proven';
    search = new Search(effort, prover, accepting, refusing, older.version, most);
    search.run(question.seeds ?? []);
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
  return [...(search?.reasons.values() ?? [])];
}

/** `undefined` for a schema that the platform does not take. */
function graphOf(name: 'candidate' | 'previous', source: SchemaSource): SchemaGraph | undefined {
  const { violations, document, homes } = inspectSchema(source, LINT_LIMITS);
  if (violations.length > 0 || document === undefined) return undefined;
  return new SchemaGraph(name, document, homes);
}

/** No work left, no stack left, or a schema that only the validator's compiler refuses. */
function isExpected(error: unknown): boolean {
  return error instanceof EffortSpent || error instanceof Error;
}
