import { describe, expect, it } from 'vitest';
import { CompiledContract } from './compiled-contract.js';

const D2020 = 'https://json-schema.org/draft/2020-12/schema';
const compile = (schema: unknown) => CompiledContract.compile(JSON.stringify(schema));
const verdict = (schema: unknown, data: unknown) =>
  compile(schema)
    .validate(data)
    .map(({ pointer, rule }) => `${pointer} ${rule}`);

describe('CompiledContract.compile', () => {
  it('refuses what the linter refuses, with its reasons', () => {
    expect(() => compile({ $ref: 'https://a.example/x' })).toThrow(
      expect.objectContaining({
        code: 'invalid-schema',
        violations: [expect.objectContaining({ pointer: '/$ref', rule: '$ref' })],
      }),
    );
  });

  it('keeps equal $ids of different schemas apart', () => {
    const one = compile({ $id: 'urn:x:same', type: 'string' });
    const other = compile({ $id: 'urn:x:same', type: 'number' });
    expect([one.validate('a'), other.validate(1), one.validate(1).length]).toEqual([[], [], 1]);
  });
});

describe('CompiledContract.validate', () => {
  it.each([
    ['draft-07 without $schema', { items: [{ type: 'string' }] }, [1], '/0 type'],
    [
      'draft-06 without if',
      { $schema: 'http://json-schema.org/draft-06/schema#', if: true, then: false },
      1,
      undefined,
    ],
    [
      '2019-09',
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        properties: { a: {} },
        unevaluatedProperties: false,
      },
      { b: 1 },
      ' unevaluatedProperties',
    ],
    ['2020-12', { $schema: D2020, prefixItems: [{ type: 'string' }] }, [1], '/0 type'],
    ['inherited names do not count', { required: ['toString'] }, {}, '/toString required'],
    ['constructor is a plain name', { properties: { constructor: { type: 'number' } } }, {}, undefined],
    ['cents', { multipleOf: 0.01 }, 19.99, undefined],
    ['cents, wrong', { multipleOf: 0.01 }, 19.995, ' multipleOf'],
    ['a date', { format: 'date' }, '2024-02-30', ' format'],
    ['an unknown format is an annotation', { format: 'nin' }, 'anything', undefined],
    ['a pattern for RE2', { pattern: '^(a|b)*$' }, 'abc', ' pattern'],
    ['an anchor', { $schema: D2020, $defs: { a: { $anchor: 'x', type: 'string' } }, $ref: '#x' }, 1, ' type'],
    [
      'an embedded resource',
      {
        $schema: D2020,
        $id: 'https://a.example/root',
        $defs: { a: { $id: 'item', type: 'string' } },
        $ref: 'item',
      },
      1,
      ' type',
    ],
  ])('%s', (_name, schema, data, expected) => {
    expect(verdict(schema, data)).toEqual(expected === undefined ? [] : [expected]);
  });

  it('reports all violations of one payload, up to 20', () => {
    const schema = { properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['c'] };
    expect(verdict(schema, { a: 1, b: 2 }).sort()).toEqual(['/a type', '/b type', '/c required']);
    expect(verdict({ items: { type: 'string' } }, Array(100).fill(1))).toHaveLength(20);
  });

  it('reports the first violation only of a payload with very many values', () => {
    const start = performance.now();
    expect(verdict({ items: { type: 'string' } }, Array(100_000).fill(1))).toEqual(['/0 type']);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('never shows a value or a name that the sender chose', () => {
    const nin = '100010001234567890';
    const schema = {
      properties: {
        people: {
          additionalProperties: { properties: { name: { type: 'string', maxLength: 3 } }, required: ['sex'] },
        },
      },
      propertyNames: { maxLength: 10 },
      additionalProperties: false,
    };
    const violations = compile(schema).validate({ people: { [nin]: { name: nin } }, [nin]: 1 });
    expect(JSON.stringify(violations)).not.toContain(nin);
    expect(violations.map(({ pointer, rule }) => `${pointer} ${rule}`)).toEqual(
      expect.arrayContaining(['/people/*/name maxLength', '/people/*/sex required', ' additionalProperties']),
    );
  });

  it('shows array indices but not index-like member names', () => {
    expect(verdict({ items: { items: { type: 'string' } } }, [[], [1]])).toEqual(['/1/0 type']);
    expect(verdict({ additionalProperties: { type: 'string' } }, { 12345: 1 })).toEqual(['/* type']);
  });

  it('is invalid, not broken, when data nest too deeply for a recursive schema', () => {
    let data: unknown = {};
    for (let depth = 0; depth < 50_000; depth += 1) data = { a: data };
    expect(verdict({ properties: { a: { $ref: '#' } } }, data)).toEqual([' recursion']);
  });
});

it('the largest schema that passes the linter compiles in bounded time', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, n) => [`p${n}`, { $ref: '#/$defs/big' }]),
  );
  const big = {
    properties: Object.fromEntries(
      Array.from({ length: 1_000 }, (_, n) => [`q${n}`, { type: 'string', maxLength: n }]),
    ),
  };
  const start = performance.now();
  compile({ properties, $defs: { big } });
  expect(performance.now() - start).toBeLessThan(5_000);
});
