import { pointerToken } from '../json-pointer.js';
import { isObject, type SchemaObject } from '../schema-walk.js';

/** A schema that says of its own what a place holds, as opposed to one that narrows what another said. */
export interface Declared {
  kind: 'root' | 'definition' | 'property' | 'item';
  /** of a definition or property */
  name: string;
  schema: SchemaObject;
  pointer: string;
}

const BRANCHES = ['allOf', 'anyOf', 'oneOf'] as const;
const CONDITIONS = ['then', 'else'] as const;

/** All schemas of a document that declare something, outermost first. The document has passed `lintSchema`. */
export function declaredSchemas(root: SchemaObject): Declared[] {
  const found: Declared[] = [];
  declare({ kind: 'root', name: '', schema: root, pointer: '' });
  return found;

  function declare(declared: Declared): void {
    found.push(declared);
    inside(declared.schema, declared.pointer, new Set());
  }

  /** @param known properties that an outer schema of the same place declares: here they are only narrowed */
  function inside(schema: SchemaObject, pointer: string, known: ReadonlySet<string>): void {
    members(schema, pointer, '$defs', 'definition', new Set());
    members(schema, pointer, 'properties', 'property', known);
    members(schema, pointer, 'patternProperties', 'item', new Set());
    for (const keyword of ['items', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems']) {
      one(schema[keyword], pointer + pointerToken(keyword));
    }
    list(schema['prefixItems'], `${pointer}/prefixItems`, one);
    const own = isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
    const names = new Set([...known, ...own]);
    const narrow = (branch: unknown, at: string) => {
      if (isObject(branch)) inside(branch, at, names);
    };
    for (const keyword of BRANCHES) list(schema[keyword], pointer + pointerToken(keyword), narrow);
    for (const keyword of CONDITIONS) narrow(schema[keyword], pointer + pointerToken(keyword));
  }

  function one(schema: unknown, pointer: string): void {
    if (isObject(schema)) declare({ kind: 'item', name: '', schema, pointer });
  }

  function members(
    schema: SchemaObject,
    pointer: string,
    keyword: string,
    kind: Declared['kind'],
    known: ReadonlySet<string>,
  ): void {
    const map = schema[keyword];
    if (!isObject(map)) return;
    for (const [name, member] of Object.entries(map)) {
      const at = pointer + pointerToken(keyword) + pointerToken(name);
      if (!isObject(member)) continue;
      if (known.has(name)) inside(member, at, new Set(Object.keys(member['properties'] ?? {})));
      else declare({ kind, name, schema: member, pointer: at });
    }
  }
}

function list(value: unknown, pointer: string, visit: (item: unknown, pointer: string) => void): void {
  if (Array.isArray(value)) value.forEach((item, index) => visit(item, pointer + pointerToken(index)));
}
