import type { Comparison } from './comparison.js';
import { compareLimit } from './compare-values.js';
import { compareAdditional, compareUnevaluated, isCovered, isOpen, schemaOfOthers } from './content-model.js';
import type { Findings } from './difference.js';
import type { ArrayNode, Node } from './model.js';

export function compareArrays(
  comparison: Comparison,
  original: ArrayNode,
  update: ArrayNode,
  into: Findings,
): void {
  comparison.compare(original.allItems, update.allItems, into.at('items'));
  compareTuples(comparison, original, update, into);
  compareAdditional(comparison, 'ITEMS', original, update, into.at('additionalItems'));
  compareUnevaluated(comparison, 'ITEMS', original, update, into.at('unevaluatedItems'));
  compareLimit('maxItems', 'MAX_ITEMS', original, update, into);
  compareLimit('minItems', 'MIN_ITEMS', original, update, into);
  if (original.uniqueItems !== update.uniqueItems) {
    into.add(original.uniqueItems ? 'UNIQUE_ITEMS_REMOVED' : 'UNIQUE_ITEMS_ADDED', 'uniqueItems');
  }
  compareLimit('maxContains', 'MAX_CONTAINS', original, update, into);
  compareLimit('minContains', 'MIN_CONTAINS', original, update, into);
}

function compareTuples(comparison: Comparison, original: ArrayNode, update: ArrayNode, into: Findings): void {
  for (let at = 0; at < Math.max(original.items.length, update.items.length); at += 1) {
    comparison.budget.spend(1);
    const [before, after] = [original.items[at], update.items[at]];
    const here = into.at(`items/${at}`);
    if (after === undefined) compareRemoved(comparison, before!, update, here);
    else if (before === undefined) compareAdded(comparison, after, original, here);
    else comparison.compare(before, after, here);
  }
}

function compareRemoved(comparison: Comparison, item: Node, update: ArrayNode, into: Findings): void {
  if (isOpen(update)) return into.add('ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL');
  const others = schemaOfOthers(update);
  if (others !== undefined) {
    const covered = isCovered(comparison, item, others, into) ? 'IS' : 'NOT';
    into.add(`ITEM_REMOVED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
  } else if (item.kind === 'false') {
    into.add('ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  } else {
    into.add('ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  }
}

function compareAdded(comparison: Comparison, item: Node, original: ArrayNode, into: Findings): void {
  if (isOpen(original)) {
    const isEmpty = item.kind === 'empty';
    into.add(
      isEmpty ? 'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL' : 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL',
    );
    return;
  }
  const others = schemaOfOthers(original);
  if (others === undefined) return into.add('ITEM_ADDED_TO_CLOSED_CONTENT_MODEL');
  const covered = isCovered(comparison, others, item, into) ? 'IS' : 'NOT';
  into.add(`ITEM_ADDED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
}
