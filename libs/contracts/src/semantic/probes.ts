import { boundsOf } from './bounds.js';
import type { Difference } from './differences.js';
import { isListed, Knowledge, valuesOf } from './knowledge.js';
import { around } from './numbers.js';
import { memberAt, requiredNames } from './object-rules.js';
import {
  dependentNames,
  dependentSchemas,
  keyword,
  namedSubschemas,
  namesOf,
  numberOf,
  type Place,
  subschema,
  subschemas,
} from './places.js';
import type { Random } from './random.js';
import { textMatching } from './regex-strings.js';
import { freeNames } from './sample-structures.js';
import { placed, type Sampler } from './sampler.js';
import { FORMAT_TEXTS, textsFor, withLength } from './texts.js';
import { isObject } from '../schema-walk.js';

const PLAIN: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  0.5,
  'text',
  '',
  {},
  [],
  1e6,
  { extra: 0 },
  [0],
  ['a', 'a'],
];
const MOST_VALUES = 50;
const RANDOM_SAMPLES = 12;

/** Values to try at a difference, the most telling first: at the edges of the keyword, then by chance. */
export function* probesFor(sampler: Sampler, difference: Difference, random: Random): Generator<unknown> {
  const { known, asked } = difference;
  yield sampler.sample(known);
  yield* edges(sampler, difference, random);
  for (const place of new Knowledge(known).places) yield* statedValues(place);
  for (let round = 0; round < RANDOM_SAMPLES; round += 1) yield sampler.sample(known, random);
  yield* PLAIN;
  for (let round = 0; round < RANDOM_SAMPLES / 2; round += 1) yield sampler.sample([...known, asked], random);
}

/** Values that the author wrote down. */
function* statedValues(place: Place): Generator<unknown> {
  yield* valuesOf(place)?.slice(0, MOST_VALUES) ?? [];
  if (typeof place.schema === 'boolean') return;
  if (Object.hasOwn(place.schema, 'default')) yield place.schema['default'];
  const examples = place.schema['examples'];
  if (Array.isArray(examples)) yield* examples.slice(0, MOST_VALUES) as unknown[];
}

const NUMBERS = new Set(['maximum', 'minimum', 'exclusiveMaximum', 'exclusiveMinimum', 'multipleOf']);
const TEXTS = new Set(['maxLength', 'minLength', 'pattern', 'format', 'contentEncoding', 'contentMediaType']);
const BRANCHES = new Set(['anyOf', 'oneOf', 'not', 'if']);
const VALUES = new Set(['type', 'enum', 'const', 'false schema']);
const ARRAYS = new Set([
  ...['minItems', 'maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'unevaluatedItems'],
]);

function* edges(sampler: Sampler, difference: Difference, random: Random): Generator<unknown> {
  const { asked, keyword: name } = difference;
  const known = new Knowledge(difference.known);
  if (VALUES.has(name)) {
    const allowed = valuesOf(asked) ?? [];
    yield* known.values?.filter((value) => !isListed(value, allowed)).slice(0, MOST_VALUES) ?? [];
    yield* PLAIN;
  } else if (NUMBERS.has(name)) yield* numbersAtEdges([...known.places, asked]);
  else if (TEXTS.has(name)) yield* textsAtEdges(known, asked, random);
  else if (ARRAYS.has(name)) yield* arraysAtEdges(sampler, known, asked);
  else if (BRANCHES.has(name)) yield* branches(sampler, known, asked, random);
  else yield* objectsAtEdges(sampler, known, asked);
}

function* numbersAtEdges(places: readonly Place[]): Generator<number> {
  for (const place of places) {
    for (const side of ['minimum', 'maximum'] as const) {
      for (const { at } of boundsOf(place, side)) yield* around(at);
    }
    const step = numberOf(place, 'multipleOf');
    if (step !== undefined) yield* [step, 2 * step, 3 * step, 5 * step, 7 * step];
  }
}

function* textsAtEdges(known: Knowledge, asked: Place, random: Random): Generator<string> {
  const texts = textsFor(known, random);
  const lengths = [asked, ...known.places].flatMap((place) => {
    const [least, most] = [numberOf(place, 'minLength'), numberOf(place, 'maxLength')];
    return [
      ...(least === undefined ? [] : [least - 1, least]),
      ...(most === undefined ? [] : [most, most + 1]),
    ];
  });
  for (const text of texts.slice(0, 8)) {
    for (const length of lengths) if (length >= 0 && length <= 4_000) yield withLength(text, length, length);
  }
  yield* texts;
  for (const list of Object.values(FORMAT_TEXTS)) yield* list;
  for (const place of known.places) {
    const pattern = keyword(place, 'pattern');
    if (typeof pattern !== 'string') continue;
    for (let round = 0; round < RANDOM_SAMPLES * 2; round += 1) yield textMatching(pattern, random) ?? '';
  }
}

function* arraysAtEdges(sampler: Sampler, known: Knowledge, asked: Place): Generator<unknown> {
  const sample = sampler.sample(known.stated);
  const items: unknown[] = Array.isArray(sample) ? sample : [];
  const wanted = subschema(asked, 'contains');
  const contained = wanted ? [sampler.sample([wanted])] : [];
  const item = items[0] ?? contained[0] ?? 0;
  yield [];
  yield [item, item];
  const lengths = [asked, ...known.places].flatMap((place) =>
    ['minItems', 'maxItems', 'minContains', 'maxContains'].flatMap((name) => numberOf(place, name) ?? []),
  );
  for (const edge of lengths) {
    for (const length of [edge - 1, edge, edge + 1]) {
      if (length < 0 || length > 200) continue;
      yield placedLength(items, length, item);
      yield Array.from({ length }, (_, index) => (typeof item === 'string' ? `${item}${index}` : index));
      yield Array<unknown>(length).fill(contained[0] ?? item);
    }
  }
  yield* [
    [...items, ...contained],
    [...items, null, 'text', 0],
  ];
}

function placedLength(items: readonly unknown[], length: number, filler: unknown): unknown[] {
  return [...items.slice(0, length), ...Array<unknown>(Math.max(0, length - items.length)).fill(filler)];
}

function* branches(sampler: Sampler, known: Knowledge, asked: Place, random: Random): Generator<unknown> {
  const parts = ['not', 'if'].flatMap((name) => subschema(asked, name) ?? []);
  for (const name of ['anyOf', 'oneOf']) {
    const list = subschemas(asked, name);
    parts.push(...list);
    if (name !== 'oneOf') continue;
    for (const [index, branch] of list.entries()) {
      for (const other of list.slice(index + 1, index + 8))
        yield sampler.sample([...known.stated, branch, other]);
    }
  }
  for (const place of known.places) {
    for (const name of ['anyOf', 'oneOf']) parts.push(...subschemas(place, name));
    for (const name of ['not', 'if', 'then', 'else']) parts.push(...[subschema(place, name) ?? []].flat());
  }
  for (const part of parts.slice(0, MOST_VALUES)) {
    yield sampler.sample([...known.stated, part]);
    const whole = sampler.sample([...known.stated, part], random);
    yield whole;
    // Without one of its members it may take the other way.
    if (isObject(whole)) for (const name of Object.keys(whole).slice(0, 8)) yield without(whole, name);
  }
}

function* objectsAtEdges(sampler: Sampler, known: Knowledge, asked: Place): Generator<unknown> {
  const sample = sampler.sample(known.stated);
  const base = isObject(sample) ? sample : {};
  const names = new Set([...namesOf(asked, 'required'), ...requiredNames(known)]);
  for (const place of [asked, ...known.places]) {
    for (const name of namedSubschemas(place, 'properties').keys()) names.add(name);
    for (const { trigger } of dependentSchemas(place)) names.add(trigger);
    for (const [trigger, others] of dependentNames(place))
      for (const name of [trigger, ...others]) names.add(name);
  }
  for (const name of [...names].slice(0, MOST_VALUES)) {
    yield without(base, name);
    yield placed(base, [name], sampler.sample(memberAt(known, name)));
  }
  for (const name of [...freeNames(sampler, known), 'Extra-1', 'x', '', 'a b', 'é', 'n'.repeat(70)]) {
    yield placed(base, [name], sampler.sample(memberAt(known, name)));
  }
  const filled = new Map(Object.entries(base));
  for (const name of [...names, 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']) {
    if (filled.size > MOST_VALUES) break;
    filled.set(name, sampler.sample(memberAt(known, name)));
    yield Object.fromEntries(filled);
  }
}

export function without(value: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
}
