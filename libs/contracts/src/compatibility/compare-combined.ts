import type { Comparer } from './comparer.js';
import type { DifferenceType, Findings } from './difference.js';
import { matchingSize } from './matching.js';
import type { CombinedNode, Node } from './model.js';

/**
 * A schema against a union or an `allOf`, where only one of the two is one: a single branch is as good as itself, a
 * union that has a compatible branch is wider, an `allOf` that had one was narrower.
 *
 * @returns whether that settles the pair
 */
export function compareWithUnion(comparer: Comparer, original: Node, update: Node, into: Findings): boolean {
  if ((original.kind === 'combined') === (update.kind === 'combined')) return false;
  if (update.kind === 'combined') {
    const isSum = update.criterion !== 'allOf';
    return hasBranch(comparer, update, isSum ? 'SUM_TYPE_EXTENDED' : undefined, into, (branch) =>
      comparer.differences(original, branch),
    );
  }
  if (original.kind !== 'combined') return false;
  const isProduct = original.criterion === 'allOf';
  return hasBranch(comparer, original, isProduct ? 'PRODUCT_TYPE_NARROWED' : undefined, into, (branch) =>
    comparer.differences(branch, update),
  );
}

function hasBranch(
  comparer: Comparer,
  { branches }: CombinedNode,
  ofMany: DifferenceType | undefined,
  into: Findings,
  differencesWith: (branch: Node) => ReturnType<Comparer['differences']>,
): boolean {
  if (branches.length !== 1 && ofMany === undefined) return false;
  for (const branch of branches) {
    const differences = differencesWith(branch);
    if (!comparer.isCompatible(differences)) continue;
    into.addAll(differences);
    if (branches.length !== 1) into.add(ofMany!);
    return true;
  }
  return false;
}

/**
 * Two unions or `allOf`s: each branch of the smaller one must find a compatible partner of its own in the other.
 * Differences within partners are allowed ones, and not told.
 */
export function compareCombined(
  comparer: Comparer,
  original: CombinedNode,
  update: CombinedNode,
  into: Findings,
): void {
  const change = criterionChange(original, update);
  if (change) into.add(change);
  if (change === 'COMBINED_TYPE_CHANGED') return;
  const [before, after] = [distinct(original.branches), distinct(update.branches)];
  if (before.length !== after.length) {
    const sort = update.criterion === 'allOf' ? 'PRODUCT' : 'SUM';
    into.add(`${sort}_TYPE_${before.length < after.length ? 'EXTENDED' : 'NARROWED'}`);
  }
  const size = matchingSize(
    before.length,
    after.length,
    (left, right) => comparer.isSame(before[left]!, after[right]!),
    (left, right) => comparer.isCompatible(comparer.differences(before[left]!, after[right]!)),
  );
  if (size < Math.min(before.length, after.length)) into.add('COMBINED_TYPE_SUBSCHEMAS_CHANGED');
}

function criterionChange(original: CombinedNode, update: CombinedNode): DifferenceType | undefined {
  if (original.criterion === update.criterion) return undefined;
  const wasOne = original.branches.length === 1;
  const isWider =
    update.criterion === 'anyOf' ||
    (wasOne && (update.criterion === 'oneOf' || update.branches.length === 1));
  return isWider ? 'COMBINED_TYPE_EXTENDED' : 'COMBINED_TYPE_CHANGED';
}

function distinct(branches: readonly Node[]): Node[] {
  return [...new Map(branches.map((branch) => [branch.id, branch])).values()];
}
