import type { Comparer } from './comparer.js';
import { compareLimit, hasAll } from './compare-values.js';
import { compareAdditional, compareUnevaluated, isCovered, isOpen, schemaOfOthers } from './content-model.js';
import type { Findings } from './difference.js';
import { javaOrder, javaUnion } from './java-order.js';
import type { Node, ObjectNode } from './model.js';

const NATIVE_UNITS_PER_CHARACTER = 1 / 8;
/** Names that one property requires, in sets that are compared. */
const NAMES_PER_UNIT = 8;
const always = (): boolean => true;

export function compareObjects(
  comparer: Comparer,
  original: ObjectNode,
  update: ObjectNode,
  into: Findings,
): void {
  compareRequired(original, update, into.at('required'));
  compareProperties(comparer, original, update, into.at('properties'));
  compareDependencies(comparer, original, update, into.at('dependencies'));
  compareAdditional(comparer, 'PROPERTIES', original, update, into.at('additionalProperties'));
  compareUnevaluated(comparer, 'PROPERTIES', original, update, into.at('unevaluatedProperties'));
  compareLimit('maxProperties', 'MAX_PROPERTIES', original, update, into);
  compareLimit('minProperties', 'MIN_PROPERTIES', original, update, into);
}

function compareRequired(original: ObjectNode, update: ObjectNode, into: Findings): void {
  const differs = (name: string): boolean =>
    update.properties.has(name) && original.required.has(name) !== update.required.has(name);
  for (const name of javaOrder(original.properties, differs)) {
    if (original.required.has(name)) into.add('REQUIRED_ATTRIBUTE_REMOVED', name);
    else if (update.properties.get(name)!.hasDefault) into.add('REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED', name);
    else into.add('REQUIRED_ATTRIBUTE_ADDED', name);
  }
}

function compareProperties(
  comparer: Comparer,
  original: ObjectNode,
  update: ObjectNode,
  into: Findings,
): void {
  comparer.budget.spend(original.properties.size + update.properties.size);
  const differs = (name: string): boolean => {
    const [before, after] = [original.properties.get(name), update.properties.get(name)];
    return before === undefined || after === undefined || !comparer.isSame(before, after);
  };
  for (const name of javaUnion(original.properties, update.properties, differs)) {
    const [before, after] = [original.properties.get(name), update.properties.get(name)];
    if (after === undefined) compareRemoved(comparer, name, before!, update, into.at(name));
    else if (before === undefined) compareAdded(comparer, name, after, original, update, into.at(name));
    else comparer.compare(before, after, into.at(name));
  }
}

/** A property may go if the update takes its values under any name, or never took any. */
function compareRemoved(
  comparer: Comparer,
  name: string,
  property: Node,
  update: ObjectNode,
  into: Findings,
): void {
  if (isOpenObject(update)) return into.add('PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL');
  const others = schemaOfName(comparer, update, name);
  if (others !== undefined) {
    const covered = isCovered(comparer, property, others, into) ? 'IS' : 'NOT';
    into.add(`PROPERTY_REMOVED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
  } else if (property.kind === 'false') {
    into.add('PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  } else {
    into.add('PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL');
  }
}

/** A property may come if the original never took the name, or only with values that match. */
function compareAdded(
  comparer: Comparer,
  name: string,
  property: Node,
  original: ObjectNode,
  update: ObjectNode,
  into: Findings,
): void {
  const isOpenModel = isOpenObject(original);
  if (isOpenModel && property.kind === 'empty') {
    return into.add('PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL');
  }
  const others = isOpenModel ? undefined : schemaOfName(comparer, original, name);
  if (others !== undefined) {
    const covered = isCovered(comparer, others, property, into) ? 'IS' : 'NOT';
    into.add(`PROPERTY_ADDED_${covered}_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL`);
  }
  const model = isOpenModel ? 'OPEN' : 'UNOPEN';
  if (!update.required.has(name)) into.add(`OPTIONAL_PROPERTY_ADDED_TO_${model}_CONTENT_MODEL`);
  else if (property.hasDefault) into.add(`REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_${model}_CONTENT_MODEL`);
  else into.add(`REQUIRED_PROPERTY_ADDED_TO_${model}_CONTENT_MODEL`);
}

function compareDependencies(
  comparer: Comparer,
  original: ObjectNode,
  update: ObjectNode,
  into: Findings,
): void {
  const { requiredBy, schemasBy } = original;
  comparer.budget.spend(requiredBy.size + update.requiredBy.size + schemasBy.size + update.schemasBy.size);
  for (const name of javaUnion(requiredBy, update.requiredBy, always)) {
    const [before, after] = [requiredBy.get(name), update.requiredBy.get(name)];
    comparer.budget.spend(((before?.size ?? 0) + (after?.size ?? 0)) / NAMES_PER_UNIT);
    if (after === undefined) into.add('DEPENDENCY_ARRAY_REMOVED', name);
    else if (before === undefined) into.add('DEPENDENCY_ARRAY_ADDED', name);
    else if (before.size === after.size && hasAll(before, after)) continue;
    else if (hasAll(after, before)) into.add('DEPENDENCY_ARRAY_EXTENDED', name);
    else into.add(hasAll(before, after) ? 'DEPENDENCY_ARRAY_NARROWED' : 'DEPENDENCY_ARRAY_CHANGED', name);
  }
  for (const name of javaUnion(schemasBy, update.schemasBy, always)) {
    const [before, after] = [schemasBy.get(name), update.schemasBy.get(name)];
    if (after === undefined) into.add('DEPENDENCY_SCHEMA_REMOVED', name);
    else if (before === undefined) into.add('DEPENDENCY_SCHEMA_ADDED', name);
    else comparer.compare(before, after, into.at(name));
  }
}

function isOpenObject(object: ObjectNode): boolean {
  return object.patternProperties.length === 0 && isOpen(object);
}

function schemaOfName(comparer: Comparer, object: ObjectNode, name: string): Node | undefined {
  for (const [pattern, schema] of object.patternProperties) {
    const matcher = comparer.matcher(pattern);
    comparer.budget.spend(name.length * (matcher?.workPerCharacter ?? NATIVE_UNITS_PER_CHARACTER));
    if (matcher?.test(name)) return schema;
  }
  return schemaOfOthers(object);
}
