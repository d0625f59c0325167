export const ENTITY_TYPES = ['sr_record', 'sr_field'] as const;
export type EntityType = (typeof ENTITY_TYPES)[number];

/**
 * A place in a schema as the Confluent API names it: `object.<field>` is a property (`sr_field`), `object` the
 * object itself (`sr_record`). Before them stands what leads there: `object.<field>.`, `array.` its items,
 * `anyof.<n>.`, `allof.<n>.`, `oneof.<n>.`, `not.`, `conditional.then.`, `object.$defs.<name>.`.
 */
export interface SchemaEntity {
  path: string;
  type: EntityType;
}

type Node = Record<string, unknown>;

const BRANCHES: Record<string, string> = { anyof: 'anyOf', allof: 'allOf', oneof: 'oneOf' };
const DEFINITIONS = ['definitions', '$defs'];
const CONDITIONS = ['if', 'then', 'else'];

/** Names and indices that lead to an entity of a schema; `undefined` when there is none. */
export function findEntity(schema: unknown, { path, type }: SchemaEntity): string[] | undefined {
  // Names may hold full stops, so there are several ways to read a path; none is tried twice from one place.
  const tried = new Map<unknown, Set<number>>();
  const isEnd = (from: number) => from > path.length;
  const find = (node: unknown, from: number): string[] | undefined => {
    if (!isNode(node) || isEnd(from) || tried.get(node)?.has(from)) return undefined;
    tried.set(node, (tried.get(node) ?? new Set()).add(from));
    const word = wordAt(path, from);
    if (word !== 'object') {
      const step = stepOf(node, word, wordAt(path, from + word.length + 1));
      const rest = step && find(within(node, step.tokens), from + step.length);
      return rest && [...step.tokens, ...rest];
    }
    const next = from + word.length + 1;
    if (isEnd(next)) return type === 'sr_record' ? [] : undefined;
    const keyword = wordAt(path, next);
    const defined = DEFINITIONS.includes(keyword)
      ? named(node, keyword, next + keyword.length + 1)
      : undefined;
    return defined ?? named(node, 'properties', next);
  };
  /** The shortest name that leads on. */
  const named = (node: Node, keyword: string, from: number): string[] | undefined => {
    const fields = own(node, keyword);
    if (!isNode(fields) || isEnd(from)) return undefined;
    const names = Object.keys(fields).filter((name) => startsAt(path, from, name));
    for (const name of names.sort((a, b) => a.length - b.length)) {
      if (!isNode(fields[name])) continue;
      const next = from + name.length + 1;
      const rest = isEnd(next) ? [] : find(fields[name], next);
      if (rest) return [keyword, name, ...rest];
    }
    return undefined;
  };
  return find(schema, 0);
}

function wordAt(path: string, from: number): string {
  const end = path.indexOf('.', from);
  return end < 0 ? path.slice(from) : path.slice(from, end);
}

function startsAt(path: string, from: number, name: string): boolean {
  const end = from + name.length;
  return path.startsWith(name, from) && (end === path.length || path[end] === '.');
}

interface Step {
  tokens: string[];
  /** how much of the path it takes */
  length: number;
}

/** @param detail the word that follows */
function stepOf(node: Node, word: string, detail: string): Step | undefined {
  if (word === 'array') return { tokens: ['items'], length: word.length + 1 };
  if (word === 'not') return { tokens: ['not'], length: word.length + 1 };
  const length = word.length + 1 + detail.length + 1;
  if (word === 'conditional') return CONDITIONS.includes(detail) ? { tokens: [detail], length } : undefined;
  const keyword = Object.hasOwn(BRANCHES, word) ? BRANCHES[word]! : undefined;
  if (keyword === undefined || !/^\d{1,4}$/.test(detail)) return undefined;
  // `type: [object, null]` is an anyOf to some, `if` beside other keywords an allOf: the same node here.
  return { tokens: Object.hasOwn(node, keyword) ? [keyword, String(Number(detail))] : [], length };
}

function within(node: Node, tokens: readonly string[]): unknown {
  let value: unknown = node;
  for (const token of tokens)
    value = typeof value === 'object' && value !== null ? own(value as Node, token) : undefined;
  return value;
}

/** Every entity of a schema with what it is, references not followed. */
export function* entitiesOf(schema: unknown): Generator<{ entity: SchemaEntity; node: Node }> {
  yield* entitiesWithin(schema, '', false);
}

function* entitiesWithin(
  node: unknown,
  scope: string,
  inField: boolean,
): Generator<{ entity: SchemaEntity; node: Node }> {
  if (!isNode(node)) return;
  if (!inField && isObject(node)) yield { entity: { path: `${scope}object`, type: 'sr_record' }, node };
  for (const [name, field] of membersOf(node, 'properties')) {
    const path = `${scope}object.${name}`;
    if (isNode(field)) yield { entity: { path, type: 'sr_field' }, node: field };
    yield* entitiesWithin(field, `${path}.`, true);
  }
  for (const keyword of DEFINITIONS)
    for (const [name, definition] of membersOf(node, keyword))
      yield* entitiesWithin(definition, `${scope}object.${keyword}.${name}.`, false);
  for (const [word, keyword] of Object.entries(BRANCHES))
    for (const [index, branch] of membersOf(node, keyword))
      yield* entitiesWithin(branch, `${scope}${word}.${index}.`, false);
  for (const keyword of CONDITIONS)
    yield* entitiesWithin(own(node, keyword), `${scope}conditional.${keyword}.`, false);
  yield* entitiesWithin(own(node, 'items'), `${scope}array.`, false);
  yield* entitiesWithin(own(node, 'not'), `${scope}not.`, false);
}

function isObject(node: Node): boolean {
  const type = own(node, 'type');
  return (
    type === 'object' || Object.hasOwn(node, 'properties') || (Array.isArray(type) && type.includes('object'))
  );
}

function membersOf(node: Node, keyword: string): [string, unknown][] {
  const value = own(node, keyword);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function own(node: Node, name: string): unknown {
  return Object.hasOwn(node, name) ? node[name] : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
