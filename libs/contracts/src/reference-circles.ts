import { isObject, type SchemaObject } from './schema-walk.js';
import { pointerToken } from './json-pointer.js';

/** A reference that leads somewhere: from the schema at `pointer` to the schema at `target`. */
export interface Link {
  pointer: string;
  keyword: '$ref' | '$dynamicRef' | '$recursiveRef';
  target: string;
  /** whether it was found by one of the document's `names` rather than by URI */
  byName: boolean;
}

const ONE = ['not', 'if', 'then', 'else'] as const;
const LIST = ['allOf', 'anyOf', 'oneOf'] as const;
const MAP = ['dependencies', 'dependentSchemas'] as const;

/** So many are enough for a report. */
const MOST = 20;

/**
 * References on a way from a schema back to itself that never steps into the value: evaluation would not end
 * (core §9.4.1). A way through `properties` or `items` ends with the value, so that is recursion and allowed.
 */
export function linksInCircles(schemas: ReadonlyMap<string, SchemaObject>, links: readonly Link[]): Link[] {
  const linksFrom = new Map<string, Link[]>();
  for (const link of links) linksFrom.set(link.pointer, [...(linksFrom.get(link.pointer) ?? []), link]);
  const done = new Set<string>();
  const open = new Map<string, number>();
  const circular = new Set<Link>();
  for (const { pointer: start } of links) {
    if (circular.size >= MOST) break;
    const path = [stepOf(start)];
    while (path.length > 0) {
      const step = path.at(-1)!;
      const next = step.next.pop();
      if (next === undefined || done.has(step.pointer)) {
        done.add(step.pointer);
        open.delete(step.pointer);
        path.pop();
        continue;
      }
      if (done.has(next)) continue;
      open.set(step.pointer, path.length - 1);
      const back = open.get(next);
      if (back === undefined) path.push(stepOf(next));
      else
        for (const { pointer } of path.slice(back))
          for (const link of linksFrom.get(pointer) ?? []) circular.add(link);
    }
  }
  return [...circular];

  function stepOf(pointer: string): { pointer: string; next: string[] } {
    const schema = schemas.get(pointer);
    const next = schema === undefined ? [] : inPlace(schema, pointer);
    for (const { target } of linksFrom.get(pointer) ?? []) next.push(target);
    return { pointer, next };
  }
}

/** Schemas that judge the same value as this one. */
function inPlace(schema: SchemaObject, pointer: string): string[] {
  const next: string[] = [];
  for (const keyword of ONE) if (isObject(schema[keyword])) next.push(`${pointer}/${keyword}`);
  for (const keyword of LIST) {
    const branches = schema[keyword];
    if (Array.isArray(branches))
      for (const index of branches.keys()) next.push(`${pointer}/${keyword}/${index}`);
  }
  for (const keyword of MAP) {
    const value = schema[keyword];
    if (isObject(value))
      for (const name of Object.keys(value)) next.push(`${pointer}/${keyword}${pointerToken(name)}`);
  }
  return next;
}
