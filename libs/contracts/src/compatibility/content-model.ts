import type { Comparer } from './comparer.js';
import type { Findings } from './difference.js';
import type { ContentModel, Node } from './model.js';

/** What a schema takes beyond the members it names: anything, nothing, or what matches a schema. */
export function isOpen({ permitsAdditional, additional, unevaluated }: ContentModel): boolean {
  return (
    permitsAdditional &&
    additional === undefined &&
    (unevaluated === undefined || unevaluated.kind === 'empty')
  );
}

/** The schema of members beyond those named, where there is one (a partially open model). */
export function schemaOfOthers({
  permitsAdditional,
  additional,
  unevaluated,
}: ContentModel): Node | undefined {
  if (additional !== undefined) return additional;
  const speaks = permitsAdditional && unevaluated?.kind !== 'false' && unevaluated?.kind !== 'empty';
  return speaks ? unevaluated : undefined;
}

type Members = 'PROPERTIES' | 'ITEMS';

export function compareAdditional(
  comparer: Comparer,
  members: Members,
  original: ContentModel,
  update: ContentModel,
  into: Findings,
): void {
  if (original.permitsAdditional !== update.permitsAdditional) {
    into.add(`ADDITIONAL_${members}_${update.permitsAdditional ? 'ADDED' : 'REMOVED'}`);
  } else if (original.additional === undefined && update.additional !== undefined) {
    into.add(`ADDITIONAL_${members}_NARROWED`);
  } else if (original.additional !== undefined && update.additional === undefined) {
    into.add(`ADDITIONAL_${members}_EXTENDED`);
  } else {
    comparer.compare(original.additional, update.additional, into);
  }
}

export function compareUnevaluated(
  comparer: Comparer,
  members: Members,
  { unevaluated: original }: ContentModel,
  { unevaluated: update }: ContentModel,
  into: Findings,
): void {
  if (original === undefined && update === undefined) return;
  const closes = { before: original?.kind === 'false', after: update?.kind === 'false' };
  const takesAll = { before: original === undefined, after: update === undefined };
  if (original !== undefined && update !== undefined) {
    takesAll.before = original.kind === 'empty';
    takesAll.after = update.kind === 'empty';
  }
  if (closes.before !== closes.after) {
    into.add(`UNEVALUATED_${members}_${closes.before ? 'ADDED' : 'REMOVED'}`);
  } else if (takesAll.before !== takesAll.after) {
    into.add(`UNEVALUATED_${members}_${takesAll.before ? 'NARROWED' : 'EXTENDED'}`);
  } else {
    comparer.compare(original, update, into);
  }
}

/** Whether the schema of unnamed members takes over from a named one, or the other way round; what differs is told. */
export function isCovered(comparer: Comparer, original: Node, update: Node, into: Findings): boolean {
  const differences = comparer.differences(original, update);
  comparer.budget.spend(differences.length);
  into.addAll(differences);
  return comparer.isCompatible(differences);
}
