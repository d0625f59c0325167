import type { Budget } from '../budget.js';
import type { Matcher } from '../pattern.js';
import type { Difference, Findings } from './difference.js';
import type { Node } from './model.js';

/** What comparing one kind of schema asks of the whole comparison, for what stands below. */
export interface Comparer {
  readonly budget: Budget;
  compare(original: Node | undefined, update: Node | undefined, into: Findings): void;
  /** all differences, relative to the pair */
  differences(original: Node, update: Node): readonly Difference[];
  /** whether the policy allows them all */
  isCompatible(differences: readonly Difference[]): boolean;
  /** Whether both are the same content, down to what they refer to: then nothing need be compared. */
  isSame(original: Node, update: Node): boolean;
  /** The pattern's matcher; `undefined` where RE2 refuses it: then it covers no name. */
  matcher(pattern: string): Matcher | undefined;
}
