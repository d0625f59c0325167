import { pointerToken } from '../json-pointer.js';
import { isObject, MAP, type SchemaObject } from '../schema-walk.js';

/** One schema on its way to draft-07. */
export interface Step {
  source: SchemaObject;
  out: SchemaObject;
  /** translates a schema below the keyword at hand; `token` is the rest of its pointer */
  below: (schema: unknown, token?: string) => unknown;
  /** notes that a keyword is left out, so that the translation accepts more */
  loosen: (keyword: string) => void;
}

type Rule = (value: unknown, step: Step, keyword: string) => void;

const schema: Rule = (value, { out, below }, keyword) => (out[keyword] = below(value));
const list: Rule = (value, { out, below }, keyword) => {
  out[keyword] = (value as unknown[]).map((item, index) => below(item, pointerToken(index)));
};
const map: Rule = (value, { out, below }, keyword) => {
  out[keyword] = Object.fromEntries(
    Object.entries(value as SchemaObject).map(([name, item]) => [name, below(item, pointerToken(name))]),
  );
};
/** Names and schemas that depend on a property are one keyword in draft-07. */
const depend: Rule = (value, { out, below }) => {
  const asSchema = (one: unknown) => (Array.isArray(one) ? { required: one as unknown[] } : one);
  const all = new Map(Object.entries((out['dependencies'] as SchemaObject | undefined) ?? {}));
  for (const [name, item] of Object.entries(value as SchemaObject)) {
    const added = Array.isArray(item) ? item : below(item, pointerToken(name));
    all.set(name, all.has(name) ? { allOf: [asSchema(all.get(name)), asSchema(added)] } : added);
  }
  out['dependencies'] = Object.fromEntries(all);
};
const nothing: Rule = () => undefined;
const loosened: Rule = (_value, { loosen }, keyword) => loosen(keyword);

/** Keywords that may evaluate what `unevaluated…` beside them is about. */
const EVALUATING = [
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'dependentSchemas',
  'dependencies',
  'contains',
];

/** Where nothing else evaluates, what is unevaluated is what is additional. */
const unevaluated =
  (equal: (source: SchemaObject) => string): Rule =>
  (value, step, keyword) => {
    const name = equal(step.source);
    if (EVALUATING.some((other) => Object.hasOwn(step.source, other))) step.loosen(keyword);
    else if (!Object.hasOwn(step.source, name === 'additionalItems' ? 'items' : name)) {
      step.out[name] = step.below(value);
    }
  };

const additionalOrItems = (source: SchemaObject) =>
  Object.hasOwn(source, 'prefixItems') || Array.isArray(source['items']) ? 'additionalItems' : 'items';

/** What becomes of each keyword of later drafts; any other stays as it is. */
export const RULES = new Map<string, Rule>([
  ...['additionalItems', 'additionalProperties', 'else', 'if', 'not', 'propertyNames', 'then'].map(
    (keyword) => [keyword, schema] as const,
  ),
  ...['allOf', 'anyOf', 'oneOf'].map((keyword) => [keyword, list] as const),
  ...['properties', 'patternProperties'].map((keyword) => [keyword, map] as const),
  ...['dependencies', 'dependentSchemas', 'dependentRequired'].map((keyword) => [keyword, depend] as const),
  // Read with the schema as a whole.
  ...['$id', '$schema', '$vocabulary', '$ref', '$defs', 'definitions', 'minContains'].map(
    (keyword) => [keyword, nothing] as const,
  ),
  ['maxContains', (value, step, keyword) => Object.hasOwn(step.source, 'contains') && step.loosen(keyword)],
  ['contentSchema', loosened],
  ['prefixItems', (value, step) => list(value, step, 'items')],
  [
    'items',
    (value, step) => {
      if (Array.isArray(value)) list(value, step, 'items');
      else schema(value, step, additionalOrItems(step.source));
    },
  ],
  ['unevaluatedItems', unevaluated(additionalOrItems)],
  ['unevaluatedProperties', unevaluated(() => 'additionalProperties')],
  [
    'contains',
    (value, step, keyword) => {
      const least = step.source['minContains'] ?? 1;
      if (least !== 0) schema(value, step, keyword);
      if (Number(least) > 1) step.loosen('minContains');
    },
  ],
]);

/** What the tokens of a pointer to a place of the source are in the translation; `undefined` if it has no such place. */
export function translatedTokens(root: unknown, tokens: string[]): string[] | undefined {
  const out: string[] = [];
  let place = root;
  for (let at = 0; at < tokens.length; at += 1) {
    const keyword = tokens[at]!;
    if (!isObject(place)) return undefined;
    const renamed =
      keyword === 'items' && !Array.isArray(place['items']) ? additionalOrItems(place) : RENAMED[keyword];
    if (renamed === undefined && !PLAIN.has(keyword)) return undefined;
    out.push(renamed ?? keyword);
    place = member(place, keyword);
    if (Array.isArray(place) || MAP.has(keyword)) {
      const next = tokens[(at += 1)];
      if (next === undefined) return undefined;
      out.push(next);
      place = member(place, next);
    }
  }
  return out;
}

const RENAMED: Partial<Record<string, string>> = {
  $defs: 'definitions',
  dependentSchemas: 'dependencies',
  prefixItems: 'items',
};
const PLAIN = new Set([
  ...[
    'additionalItems',
    'additionalProperties',
    'allOf',
    'anyOf',
    'contains',
    'definitions',
    'dependencies',
    'else',
  ],
  ...['if', 'items', 'not', 'oneOf', 'patternProperties', 'properties', 'propertyNames', 'then'],
]);

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as SchemaObject)[name]
    : undefined;
}
