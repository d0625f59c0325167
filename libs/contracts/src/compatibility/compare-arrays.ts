import type { Comparer } from './comparer.js';
import { compareLimit } from './compare-values.js';
import { compareAdditional, compareUnevaluated, isCovered, isOpen, schemaOfOthers } from './content-model.js';
import type { Findings } from './difference.js';
import type { ArrayNode, Node } from './model.js';

export function compareArrays(
  comparer: Comparer,
  original: ArrayNode,
  update: ArrayNode,
  into: Findings,
): void {
  comparer.compare(original.allItems, update.allItems, into.at('items'));
  compareTuples(comparer, original, update, into);
  compareAdditional(comparer, 'ITEMS', original, update, into.at('additionalItems'));
  compareUnevaluated(comparer, 'ITEMS', original, update, into.at('unevaluatedItems'));
  compareLimit('maxItems', 'MAX_ITEMS', original, update, into);
  compareLimit('minItems', 'MIN_ITEMS', original, update, into);
  if (original.uniqueItems !== update.uniqueItems) {
    into.add(original.uniqueItems ? 'UNIQUE_ITEMS_REMOVED' : 'UNIQUE_ITEMS_ADDED', 'uniqueItems');
  }
  compareLimit('maxContains', 'MAX_CONTAINS', original, update, into);
  compareLimit('minContains', 'MIN_CONTAINS', original, update, into);
}

function compareTuples(comparer: Comparer, original: ArrayNode, update: ArrayNode, into: Findings): void {
  for (let at = 0; at < Math.max(original.items.length, update.items.length); at += 1) {
    comparer.budget.spend(1);
    const [before, after] = [original.items[at], update.items[at]];
    const here = into.at(`items/${at}`);
    if (after === undefined) compareRemoved(comparer, before!, update, here);
    else if (before === undefined) compareAdded(comparer, after, original, here);
    else comparer.compare(before, after, here);
  }
}

function compareRemoved(comparer: Comparer, item: Node, update: ArrayNode, into: Findings): void {
  if (isOpen(update)) return into.add('ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL');
  const others = schemaOfOthers(update);
  if (others !== undefined) {
    const covered = isCovered(comparer, item, others, into) ? 'IS' : 'NOT';
    into.add(`ITEM_REMOVED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
  } else if (item.kind === 'false') {
    into.add('ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  } else {
    into.add('ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  }
}

function compareAdded(comparer: Comparer, item: Node, original: ArrayNode, into: Findings): void {
  if (isOpen(original)) {
    const isEmpty = item.kind === 'empty';
    into.add(
      isEmpty ? 'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL' : 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL',
    );
    return;
  }
  const others = schemaOfOthers(original);
  if (others === undefined) return into.add('ITEM_ADDED_TO_CLOSED_CONTENT_MODEL');
  const covered = isCovered(comparer, others, item, into) ? 'IS' : 'NOT';
  into.add(`ITEM_ADDED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
}
