import { describe, expect, it } from 'vitest';
import { CompiledContract } from '../compiled-contract.js';
import type { SchemaObject } from '../schema-walk.js';
import { toDraft07, Untranslatable } from './draft07.js';
import { EXPORTED, RELEASE } from './spec-contracts.js';

const DIALECT = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
const compile = (schema: unknown) => CompiledContract.compile(JSON.stringify(schema));
const accepts = (schema: unknown, value: unknown) => compile(schema).validate(value).length === 0;

describe.each(EXPORTED.map((contract, index) => [contract.topic, contract, RELEASE[index]!] as const))(
  '%s',
  (_topic, contract, { examples }) => {
    it('judges its examples as the original does', () => {
      const { schema, loosened } = toDraft07(contract.flat);
      expect(loosened).toEqual([]);
      const translated = compile(schema);
      for (const { payload } of examples.valid) expect(translated.validate(payload)).toEqual([]);
      for (const { payload } of examples.invalid) expect(translated.validate(payload)).not.toEqual([]);
    });
  },
);

describe('translation', () => {
  const same: [string, SchemaObject, unknown[]][] = [
    [
      'tuples',
      { prefixItems: [{ type: 'string' }], items: { type: 'number' } },
      [['a'], ['a', 1], ['a', 'b'], [1], []],
    ],
    ['closed tuples', { prefixItems: [true], items: false }, [[1], [1, 2]]],
    [
      'dependencies',
      { dependentRequired: { a: ['b'] }, dependentSchemas: { a: { required: ['c'] } } },
      [{ a: 1 }, { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, {}],
    ],
    [
      'siblings of $ref',
      { $ref: '#/$defs/T', maxLength: 2, $defs: { T: { type: 'string' } } },
      ['a', 'abc', 1],
    ],
    [
      '$ref into keywords that move',
      { $ref: '#/$defs/L/prefixItems/0', $defs: { L: { prefixItems: [{ type: 'string' }] } } },
      ['a', 1],
    ],
    [
      'recursion',
      { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false },
      [{ next: { next: {} } }, { next: { x: 1 } }],
    ],
    [
      'unevaluated where nothing else evaluates',
      { properties: { a: true }, unevaluatedProperties: false },
      [{ a: 1 }, { b: 1 }],
    ],
    ['contains of none', { contains: { type: 'string' }, minContains: 0 }, [[], [1]]],
    [
      'names like keywords',
      { properties: { $defs: { type: 'string' }, prefixItems: { $ref: '#/properties/$defs' } } },
      [{ $defs: 1 }, { prefixItems: 1 }, { prefixItems: 'a' }],
    ],
  ];
  it.each(same)('keeps the meaning: %s', (_what, source, values) => {
    const original = { ...DIALECT, ...source };
    const { schema, loosened } = toDraft07(original);
    expect(loosened).toEqual([]);
    for (const value of values)
      expect([value, accepts(schema, value)]).toEqual([value, accepts(original, value)]);
  });

  it('leaves out, and notes, what only makes the schema accept more', () => {
    const source = { ...DIALECT, allOf: [{ properties: { a: true } }], unevaluatedProperties: false };
    const { schema, loosened } = toDraft07(source);
    expect(loosened).toEqual([{ pointer: '', keyword: 'unevaluatedProperties' }]);
    expect(schema).toMatchObject({ 'x-not-translated': ['unevaluatedProperties'] });
    expect(toDraft07({ contains: true, minContains: 2 }).loosened).toEqual([
      { pointer: '', keyword: 'minContains' },
    ]);
  });

  it.each<[string, SchemaObject]>([
    ['an anchor', { $defs: { a: { $anchor: 'x' } } }],
    ['a dynamic reference', { $dynamicRef: '#x' }],
    ['a reference elsewhere', { $ref: 'urn:wasl:contract:a.b:v1' }],
    ['a looser schema below not', { not: { allOf: [true], unevaluatedProperties: false } }],
    ['a looser schema below oneOf', { oneOf: [{ contains: true, maxContains: 2 }, true] }],
    [
      'a looser schema that not refers to',
      { not: { $ref: '#/$defs/a' }, $defs: { a: { contains: true, maxContains: 1 } } },
    ],
    ['the same name twice', { $defs: { a: true }, definitions: { a: false } }],
    ['a reference to no schema', { $ref: '#/title', title: 'x' }],
  ])('refuses %s', (_what, source) => expect(() => toDraft07(source)).toThrow(Untranslatable));

  it('puts references below the place where the schema stands', () => {
    const source = { $ref: '#/$defs/a b', $defs: { 'a b': true } };
    expect(toDraft07(source, '#/components/schemas/x/schema').schema).toEqual({
      $ref: '#/components/schemas/x/schema/definitions/a%20b',
      definitions: { 'a b': true },
    });
  });
});
