import { describe, expect, it } from 'vitest';
import { isBackward } from './check.js';

const [S, N, B, NULL] = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }];
const DRAFTS = ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'];

function differences(original: object, candidate: object, $schema: string): string[] {
  const text = (schema: object): string => JSON.stringify({ $schema, ...schema });
  const found = isBackward({ text: text(candidate) }, { text: text(original) }, 'STRICT').differences;
  return found.map(({ type, path }) => `${type} ${path}`);
}

describe.each(DRAFTS)('unions and allOf in %s', ($schema) => {
  it.each<[title: string, original: object, candidate: object, expected: string[]]>([
    ['a bare type becomes a union that has it', S, { oneOf: [N, S] }, []],
    ['a bare type becomes a union without it', S, { oneOf: [N, B] }, ['TYPE_CHANGED #/']],
    ['a bare type becomes a wider branch', { ...S, maxLength: 3 }, { anyOf: [N, S] }, []],
    ['a bare type becomes a narrower branch', S, { anyOf: [N, { ...S, maxLength: 3 }] }, ['TYPE_CHANGED #/']],
    ['a single branch is as good as the type', S, { allOf: [S] }, []],
    ['the type is as good as a single branch', { oneOf: [S] }, S, []],
    ['a union becomes one of its types', { oneOf: [S, N] }, S, ['TYPE_CHANGED #/']],
    ['an allOf becomes one of its parts', { allOf: [S, { enum: ['a'] }] }, S, []],
    ['an allOf becomes none of its parts', { allOf: [S, { enum: ['a'] }] }, N, ['TYPE_CHANGED #/']],
    ['a type gains an allOf', S, { allOf: [S, { enum: ['a'] }] }, ['TYPE_CHANGED #/']],
    ['order does not matter', { oneOf: [S, N, B] }, { oneOf: [B, S, N] }, []],
    ['equal branches count once', { anyOf: [S, S, N] }, { anyOf: [N, S] }, []],
    ['a branch is replaced', { oneOf: [S, N] }, { oneOf: [S, B] }, ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/']],
    ['a branch goes', { oneOf: [S, N, B] }, { oneOf: [S, N] }, ['SUM_TYPE_NARROWED #/']],
    [
      'a branch goes and another changes',
      { oneOf: [S, N, B] },
      { oneOf: [S, NULL] },
      ['SUM_TYPE_NARROWED #/', 'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ],
    ['oneOf to anyOf', { oneOf: [S, N] }, { anyOf: [S, N] }, []],
    ['allOf to anyOf', { allOf: [S, { minLength: 1 }] }, { anyOf: [S, { minLength: 1 }] }, []],
    ['anyOf to oneOf', { anyOf: [S, N] }, { oneOf: [S, N] }, ['COMBINED_TYPE_CHANGED #/']],
    ['single anyOf to oneOf', { anyOf: [S] }, { oneOf: [S, N] }, []],
    ['single oneOf to single allOf', { oneOf: [S] }, { allOf: [S] }, []],
    ['single oneOf to allOf', { oneOf: [S] }, { allOf: [S, N] }, ['COMBINED_TYPE_CHANGED #/']],
    ['a list of types grows', { type: ['string'] }, { type: ['string', 'null'] }, []],
    ['a list of types shrinks', { type: ['string', 'null'] }, { type: ['string'] }, ['SUM_TYPE_NARROWED #/']],
    ['a type becomes a list with it', { type: 'object' }, { type: ['object', 'null'] }, []],
    [
      'keywords belong to the branch of their type',
      { type: ['string', 'null'], maxLength: 5 },
      { type: ['null', 'string'], maxLength: 4 },
      ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ],
    ['an enum is loosened beside its type', { ...S, enum: ['a'] }, S, []],
    ['an enum is added beside a type', S, { ...S, enum: ['a'] }, ['TYPE_CHANGED #/']],
    ['an enum is extended beside its type', { ...S, enum: ['a'] }, { ...S, enum: ['a', 'b'] }, []],
    [
      'paths end at the union',
      { properties: { a: { oneOf: [S, N] } } },
      { properties: { a: { oneOf: [S, B] } } },
      ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/a'],
    ],
    // integer fits number only, number fits number only: the matching must not give integer the place of number.
    [
      'partners are found by matching',
      { oneOf: [{ type: 'integer' }, { ...N, minimum: 0 }] },
      { oneOf: [N, { ...N, minimum: 0 }] },
      [],
    ],
    [
      'partners are not shared',
      { oneOf: [{ type: 'integer' }, { ...N, minimum: 0 }] },
      { oneOf: [N, S] },
      ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ],
    [
      'Connect wrote decimals as bytes of two forms',
      { ...S, 'connect.type': 'bytes' },
      { ...N, 'connect.type': 'bytes' },
      [],
    ],
    ['nothing was taken before', { not: {} }, { not: {} }, []],
  ])('%s', (_, original, candidate, expected) =>
    expect(differences(original, candidate, $schema)).toEqual(expected),
  );
});

describe('drafts differ in what they make of a schema', () => {
  const [old, modern] = DRAFTS as [string, string];

  it('format is a keyword of strings up to draft-07, and nothing after', () => {
    const change: [object, object] = [{ type: 'integer' }, { type: 'integer', format: 'int64' }];
    expect(differences(...change, old)).toEqual(['TYPE_CHANGED #/']);
    expect(differences(...change, modern)).toEqual([]);
    const dates = {
      oneOf: [
        { ...S, format: 'date' },
        { ...S, format: 'date-time' },
      ],
    };
    expect(differences(dates, { oneOf: [{ ...S, format: 'date' }] }, old)).toEqual(['SUM_TYPE_NARROWED #/']);
    // The two branches are one and the same there.
    expect(differences(dates, { oneOf: [{ ...S, format: 'date' }] }, modern)).toEqual([]);
  });

  it('empty properties make an object up to draft-07, and nothing after', () => {
    expect(differences({}, { properties: {} }, old)).toEqual(['TYPE_CHANGED #/']);
    expect(differences({}, { properties: {} }, modern)).toEqual([]);
  });

  it('newer drafts open a schema of several kinds into the allOf above', () => {
    const inner = { type: 'object', properties: {}, enum: [{}] };
    const open = { allOf: [S, { type: 'object' }, { enum: [{}] }] };
    expect(differences({ allOf: [S, inner] }, open, modern)).toEqual([]);
    expect(differences({ allOf: [S, inner] }, open, old)).toContain('PRODUCT_TYPE_EXTENDED #/');
  });

  it('newer drafts give keywords to the first branch of their type, older to each', () => {
    const of = (minimum: number): object => ({ type: ['integer', 'number'], minimum });
    const split = { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'number' }] };
    expect(differences(split, of(1), modern)).toEqual([]);
    expect(differences(split, of(1), old)).toEqual(['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/']);
  });

  it('keywords that a draft does not know say nothing', () => {
    const in04 = 'http://json-schema.org/draft-04/schema#';
    expect(differences({ const: 1 }, { const: 2 }, in04)).toEqual([]);
    expect(differences({}, { if: S, then: S }, 'http://json-schema.org/draft-06/schema#')).toEqual([]);
    expect(differences({}, { dependentRequired: { a: ['b'] } }, old)).toEqual([]);
    expect(differences({ type: 'object' }, { type: 'object', dependencies: { a: ['b'] } }, modern)).toEqual(
      [],
    );
  });

  it('a default of null is one up to draft-07, and none after', () => {
    const [before, after] = [
      { properties: { a: {} } },
      { properties: { a: { default: null } }, required: ['a'] },
    ];
    expect(differences(before, after, old)).toEqual([]);
    expect(differences(before, after, modern)).toEqual(['REQUIRED_ATTRIBUTE_ADDED #/required/a']);
  });

  it('draft-07 is meant where none is named', () => {
    const text = JSON.stringify({ properties: {} });
    expect(isBackward({ text }, { text: '{}' }, 'STRICT').compatible).toBe(false);
  });

  it('true and false are schemas', () => {
    const verdict = (original: string, candidate: string) =>
      isBackward({ text: candidate }, { text: original }, 'STRICT').compatible;
    expect(verdict('{"type":"string"}', 'true')).toBe(true);
    expect(verdict('true', '{}')).toBe(true);
    expect(verdict('false', '{"type":"string"}')).toBe(true);
    expect(verdict('true', '{"type":"string"}')).toBe(false);
    expect(verdict('{"type":"string"}', 'false')).toBe(false);
  });
});
