import { describe, expect, it } from 'vitest';
import { checkCompatibility, isBackward } from './check.js';

const MODERN = 'https://json-schema.org/draft/2020-12/schema';
const S = { type: 'string' };
const TOO_COSTLY = { compatible: false, differences: [{ type: 'COMPARISON_TOO_COSTLY', path: '#/' }] };

const backward = (original: unknown, candidate: unknown) =>
  isBackward({ text: JSON.stringify(candidate) }, { text: JSON.stringify(original) }, 'STRICT');
const nest = (depth: number, leaf: unknown): unknown =>
  depth === 0 ? leaf : { properties: { a: nest(depth - 1, leaf) } };

/** Definitions that refer to one another through unions, as trade products do. */
function entangled(branches: number, properties: number, leaf: string): unknown {
  const union = { oneOf: [{ $ref: '#/$defs/id' }, { $ref: '#/$defs/product' }] };
  const types = Array.from({ length: branches }, (_, index) => [
    `t${index}`,
    {
      $ref: '#/$defs/base',
      type: 'object',
      properties: {
        ...Object.fromEntries(Array.from({ length: properties }, (__, at) => [`r${at}`, union])),
        tag: { const: `${leaf}${index}` },
      },
    },
  ]);
  return {
    $schema: MODERN,
    $ref: '#/$defs/product',
    $defs: {
      id: { properties: { id: S } },
      base: { properties: { name: S } },
      product: { oneOf: types.map(([name]) => ({ $ref: `#/$defs/${name as string}` })) },
      ...(Object.fromEntries(types) as object),
    },
  };
}

const wide = (branches: number, kind: (index: number) => unknown): unknown => ({
  oneOf: Array.from({ length: branches }, (_, index) => ({ properties: { kind: kind(index), value: S } })),
});

describe('hostile schemas get a verdict', () => {
  it('64 schemas deep', () => {
    expect(backward(nest(32, S), nest(32, S)).compatible).toBe(true);
    expect(backward(nest(32, S), nest(32, { type: 'number' })).differences).toEqual([
      { type: 'TYPE_CHANGED', path: `#/${Array(32).fill('properties/a').join('/')}` },
    ]);
  });

  it('deeper than any linter lets through', () => {
    expect(backward({}, nest(500, S))).toEqual(TOO_COSTLY);
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(isBackward({ text: `{"default":${text}}` }, { text: '{}' }, 'STRICT')).toEqual(TOO_COSTLY);
  });

  it('a chain of references longer than the call stack', () => {
    const chain = (length: number, leaf: unknown): unknown => ({
      $ref: '#/definitions/d0',
      definitions: Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `d${index}`,
          index === length - 1 ? leaf : { items: { $ref: `#/definitions/d${index + 1}` } },
        ]),
      ),
    });
    expect(backward(chain(1_500, S), chain(1_500, S)).compatible).toBe(true);
    expect(backward(chain(1_500, S), chain(1_500, { type: 'number' }))).toEqual(TOO_COSTLY);
    expect(backward(chain(100, S), chain(100, { type: 'number' })).differences).toHaveLength(1);
  });

  it('two equal unions of 100 branches, in any order, without comparing each with each', () => {
    const union = wide(100, (index) => ({ const: index }));
    const turned = wide(100, (index) => ({ const: 99 - index }));
    expect(backward(union, union).compatible).toBe(true);
    expect(backward(union, turned).compatible).toBe(true);
  });

  it('two unions of 100 branches that all fit but for one', () => {
    const [numbers, one] = [wide(100, () => ({ type: 'integer' })), wide(100, (index) => ({ const: index }))];
    expect(backward(one, numbers).compatible).toBe(false);
    const longer = (most: number) => wide(100, (index) => ({ type: 'string', maxLength: index + most }));
    expect(backward(longer(1), longer(2)).compatible).toBe(true);
    expect(backward(longer(2), longer(1)).compatible).toBe(false);
  });

  it('definitions that refer to one another through unions', () => {
    expect(backward(entangled(12, 5, 'x'), entangled(12, 5, 'x')).compatible).toBe(true);
    expect(backward(entangled(12, 5, 'x'), entangled(12, 5, 'y')).compatible).toBe(false);
  });

  it('unions within unions: too costly is incompatible, by steps and not by time, and says so', () => {
    const tree = (depth: number, width: number, salt: string): unknown =>
      depth === 0
        ? {
            properties: Object.fromEntries(
              Array.from({ length: 3 }, (_, at) => [`p${at}`, { type: 'string', title: salt }]),
            ),
          }
        : { oneOf: Array.from({ length: width }, (_, at) => tree(depth - 1, width, `${salt}${at}`)) };
    const [before, after] = [tree(3, 12, 'a'), tree(3, 12, 'b')];
    expect(backward(before, after)).toEqual(TOO_COSTLY);
    const { messages } = checkCompatibility({
      candidate: { text: JSON.stringify(after) },
      previous: [{ text: JSON.stringify(before), version: 3 }],
      level: 'FULL_TRANSITIVE',
      policy: 'LENIENT',
    });
    expect(messages[0]).toContain('too large or too entangled');
    expect(messages).toContain('{oldSchemaVersion: 3}');
  });

  it('two unions of 99 branches whose 20 properties all differ', () => {
    const union = (salt: string): unknown => ({
      oneOf: Array.from({ length: 99 }, (_, index) => ({
        properties: Object.fromEntries(
          Array.from({ length: 20 }, (__, at) => [`${salt}${index}_${at}`, { maxLength: index + at }]),
        ),
      })),
    });
    expect(backward(union('a'), union('b'))).toEqual(TOO_COSTLY);
  });

  it('large leaves that each of many branches refers to: their values count', () => {
    const union = (salt: string, leaf: unknown): unknown => ({
      $defs: { leaf },
      oneOf: Array.from({ length: 40 }, (_, index) => ({
        properties: {
          tag: { const: `${salt}${index}` },
          ...Object.fromEntries(Array.from({ length: 5 }, (__, at) => [`p${at}`, { $ref: '#/$defs/leaf' }])),
        },
      })),
    });
    const values = (last: string) => ({
      enum: [...Array.from({ length: 1_900 }, (_, at) => `v${at}`), last],
    });
    const long = (last: string) => ({ const: 'x'.repeat(200_000) + last });
    const needed = (last: string) => ({
      dependencies: { a: [...Array.from({ length: 1_900 }, (_, at) => `v${at}`), last] },
    });
    expect(backward(union('a', { enum: ['a'] }), union('b', { enum: ['b'] })).differences[0]?.type).not.toBe(
      'COMPARISON_TOO_COSTLY',
    );
    for (const leaf of [values, long])
      expect(backward(union('a', leaf('a')), union('b', leaf('b')))).toEqual(TOO_COSTLY);
    const inline = (last: string): unknown => ({
      oneOf: Array.from({ length: 99 }, (_, index) => ({ maxProperties: index, ...needed(last) })),
    });
    expect(backward(inline('a'), inline('b'))).toEqual(TOO_COSTLY);
  });

  it('many versions, each of which costs a lot', () => {
    const branches = (salt: string): string =>
      JSON.stringify({
        oneOf: Array.from({ length: 200 }, (_, at) => ({
          properties: { a: { const: at }, b: { title: salt } },
        })),
      });
    const previous = Array.from({ length: 30 }, (_, at) => ({ text: branches(String(at)), version: at + 1 }));
    const { messages } = checkCompatibility({
      candidate: { text: branches('x') },
      previous,
      level: 'BACKWARD_TRANSITIVE',
      policy: 'STRICT',
    });
    expect(messages[0]).toContain('COMPARISON_TOO_COSTLY');
  });

  it('patterns that explode natively, on names made for them', () => {
    const pattern = '^(([a-z])+.)+[A-Z]([a-z])+$';
    const original = { patternProperties: { [pattern]: S }, additionalProperties: false };
    const candidate = { ...original, properties: { ['a'.repeat(5_000)]: { type: 'number' } } };
    expect(backward(original, candidate).compatible).toBe(true);
  });

  it('names of Object.prototype', () => {
    const of = (type: string): string =>
      `{"properties":{"__proto__":{"type":"${type}"},"constructor":{"type":"${type}"}},"additionalProperties":false}`;
    const { differences } = isBackward({ text: of('number') }, { text: of('string') }, 'STRICT');
    expect(differences.map(({ path }) => path).sort()).toEqual([
      '#/properties/__proto__',
      '#/properties/constructor',
    ]);
    expect(backward({}, { $ref: '#/constructor' }).compatible).toBe(false);
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });

  it('what no draft allows', () => {
    const odd = [
      { type: 7 },
      { type: ['x', 1] },
      { properties: [] },
      { items: 'x' },
      { $ref: 1 },
      { required: 'a' },
      { enum: {} },
      { allOf: {} },
      { maxLength: 'x' },
      { not: null },
      [],
      null,
      3,
    ];
    for (const schema of odd) expect(backward(schema, schema).compatible).toBe(true);
  });
});

describe('contracts as they are', () => {
  const contract = (salt: string, maxLength: number): string =>
    JSON.stringify({
      $schema: MODERN,
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(
        Array.from({ length: 300 }, (_, at) => [`member${at}`, { $ref: `#/$defs/T${at % 60}` }]),
      ),
      $defs: Object.fromEntries(
        Array.from({ length: 60 }, (_, type) => [
          `T${type}`,
          {
            ...{ type: 'object', title: `Type ${type}`, additionalProperties: false, required: ['name0'] },
            properties: Object.fromEntries(
              Array.from({ length: 25 }, (__, at) => [
                `name${at}`,
                {
                  title: `${salt} ${at}`,
                  description: 'What this member of the contract says, in one sentence.',
                  ...{ type: 'string', maxLength },
                },
              ]),
            ),
          },
        ]),
      ),
    });
  const full = (candidate: string, previous: string[]) =>
    checkCompatibility({
      candidate: { text: candidate },
      previous: previous.map((text, at) => ({ text, version: at + 1 })),
      ...{ level: 'FULL_TRANSITIVE', policy: 'STRICT' },
    });

  it('of 200 KB are compared in both directions, though they differ in every property', () => {
    expect(contract('a', 10).length).toBeGreaterThan(190_000);
    expect(full(contract('b', 10), [contract('a', 10)]).compatible).toBe(true);
    const { differences } = full(contract('b', 20), [contract('a', 10)]);
    expect(differences).toHaveLength(7_500);
    expect(new Set(differences.map(({ type }) => type))).toEqual(new Set(['MAX_LENGTH_DECREASED']));
  });

  it('of 200 KB are compared with ten versions', () => {
    const versions = Array.from({ length: 10 }, (_, at) => contract(`v${at}`, 10));
    expect(full(contract('b', 10), versions).compatible).toBe(true);
  });
});

describe('where the Confluent registry fails with an error of its own', () => {
  it('an exclusive limit that falls is told, beside a maximum or without', () => {
    const of = (exclusiveMaximum: number) => ({ type: 'number', exclusiveMaximum });
    expect(backward(of(5), of(4)).differences).toEqual([
      { type: 'EXCLUSIVE_MAXIMUM_DECREASED', path: '#/exclusiveMaximum' },
    ]);
    expect(backward(of(4), of(5)).compatible).toBe(true);
  });

  it('a const of null is compared', () => {
    expect(backward({ const: null }, { const: null }).compatible).toBe(true);
    expect(backward({ const: null }, { const: 'a' }).compatible).toBe(false);
  });

  it('a part of a multipleOf below 1 is a divisor', () => {
    expect(backward({ multipleOf: 1 }, { multipleOf: 0.5 }).compatible).toBe(true);
  });
});
