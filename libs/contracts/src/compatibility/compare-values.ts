import { isMultiple } from './decimal.js';
import type { DifferenceType, Findings } from './difference.js';
import type { ConstNode, EnumNode, NumberNode, StringNode } from './model.js';

export function compareStrings(original: StringNode, update: StringNode, into: Findings): void {
  compareLimit('maxLength', 'MAX_LENGTH', original, update, into);
  compareLimit('minLength', 'MIN_LENGTH', original, update, into);
  if (original.pattern === update.pattern) return;
  if (original.pattern === undefined) into.add('PATTERN_ADDED', 'pattern');
  else into.add(update.pattern === undefined ? 'PATTERN_REMOVED' : 'PATTERN_CHANGED', 'pattern');
}

export function compareNumbers(original: NumberNode, update: NumberNode, into: Findings): void {
  compareLimit('maximum', 'MAXIMUM', original, update, into);
  compareLimit('minimum', 'MINIMUM', original, update, into);
  compareLimit('exclusiveMaximum', 'EXCLUSIVE_MAXIMUM', original, update, into);
  compareLimit('exclusiveMinimum', 'EXCLUSIVE_MINIMUM', original, update, into);
  const multiple = multipleOfDifference(original.multipleOf, update.multipleOf);
  if (multiple) into.add(multiple, 'multipleOf');
  if (original.isInteger !== update.isInteger)
    into.add(original.isInteger ? 'TYPE_EXTENDED' : 'TYPE_NARROWED');
}

export function compareEnums(original: EnumNode, update: EnumNode, into: Findings): void {
  if (original.values.size === update.values.size && hasAll(original.values, update.values)) return;
  if (hasAll(update.values, original.values)) into.add('ENUM_ARRAY_EXTENDED', 'enum');
  else
    into.add(hasAll(original.values, update.values) ? 'ENUM_ARRAY_NARROWED' : 'ENUM_ARRAY_CHANGED', 'enum');
}

export function compareConsts(original: ConstNode, update: ConstNode, into: Findings): void {
  if (original.value !== update.value) into.add('ENUM_ARRAY_CHANGED', 'const');
}

type Limit =
  | 'MAX_LENGTH'
  | 'MIN_LENGTH'
  | 'MAXIMUM'
  | 'MINIMUM'
  | 'EXCLUSIVE_MAXIMUM'
  | 'EXCLUSIVE_MINIMUM'
  | 'MAX_PROPERTIES'
  | 'MIN_PROPERTIES'
  | 'MAX_ITEMS'
  | 'MIN_ITEMS'
  | 'MAX_CONTAINS'
  | 'MIN_CONTAINS';

export function compareLimit<K extends string>(
  keyword: K,
  name: Limit,
  { [keyword]: original }: Readonly<Partial<Record<K, number>>>,
  { [keyword]: update }: Readonly<Partial<Record<K, number>>>,
  into: Findings,
): void {
  if (original === update) return;
  if (original === undefined || update === undefined) {
    into.add(`${name}_${original === undefined ? 'ADDED' : 'REMOVED'}` satisfies DifferenceType, keyword);
  } else {
    into.add(`${name}_${original < update ? 'INCREASED' : 'DECREASED'}` satisfies DifferenceType, keyword);
  }
}

function multipleOfDifference(original?: number, update?: number): DifferenceType | undefined {
  if (original === update) return undefined;
  if (original === undefined) return 'MULTIPLE_OF_ADDED';
  if (update === undefined) return 'MULTIPLE_OF_REMOVED';
  if (isMultiple(update, original)) return 'MULTIPLE_OF_EXPANDED';
  return isMultiple(original, update) ? 'MULTIPLE_OF_REDUCED' : 'MULTIPLE_OF_CHANGED';
}

export function hasAll<T>(set: ReadonlySet<T>, members: ReadonlySet<T>): boolean {
  for (const member of members) if (!set.has(member)) return false;
  return true;
}
