/**
 * Size of a maximum matching between two sets of which each member may be paired once (augmenting paths). Edges are
 * asked for lazily: where `isSame` already pairs everything, none is.
 *
 * @param isSame a cheap edge; pairs found so are only the start and may be taken apart again
 */
export function matchingSize(
  lefts: number,
  rights: number,
  isSame: (left: number, right: number) => boolean,
  isEdge: (left: number, right: number) => boolean,
): number {
  const leftOf = new Array<number | undefined>(rights).fill(undefined);
  const rightOf = new Array<number | undefined>(lefts).fill(undefined);
  let size = 0;
  const pair = (left: number, right: number): void => {
    leftOf[right] = left;
    rightOf[left] = right;
  };
  for (let left = 0; left < lefts; left += 1) {
    for (let right = 0; right < rights && rightOf[left] === undefined; right += 1) {
      if (leftOf[right] !== undefined || !isSame(left, right)) continue;
      pair(left, right);
      size += 1;
    }
  }
  for (let start = 0; start < lefts && size < Math.min(lefts, rights); start += 1) {
    if (rightOf[start] === undefined && augment(start)) size += 1;
  }
  return size;

  /** Breadth first, so that no path is deeper than the call stack. */
  function augment(start: number): boolean {
    const reachedFrom = new Map<number, number>();
    const queue = [start];
    for (let left = queue.shift(); left !== undefined; left = queue.shift()) {
      for (let right = 0; right < rights; right += 1) {
        if (reachedFrom.has(right) || !isEdge(left, right)) continue;
        reachedFrom.set(right, left);
        const taken = leftOf[right];
        if (taken === undefined) {
          flip(right, reachedFrom);
          return true;
        }
        queue.push(taken);
      }
    }
    return false;
  }

  function flip(end: number, reachedFrom: ReadonlyMap<number, number>): void {
    let right: number | undefined = end;
    while (right !== undefined) {
      const left: number = reachedFrom.get(right)!;
      const before: number | undefined = rightOf[left];
      pair(left, right);
      right = before;
    }
  }
}
