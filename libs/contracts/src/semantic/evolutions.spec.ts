import { describe, expect, it } from 'vitest';
import { change, closed, open } from './pairs.spec-fixture.js';

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const A = closed({ a: TEXT });
const kind = (name: string, more: object = {}): object =>
  closed({ kind: { const: name }, ...more }, { required: ['kind'] });

/** proven to be compatible backward: what changed, the older and the newer schema */
const PROVEN: [string, object, object][] = [
  ['an optional property added to a closed model', A, closed({ a: TEXT, b: NUMBER })],
  ['a property removed from an open model', open({ a: TEXT, b: NUMBER }), open({ a: TEXT })],
  ['a closed model opened', A, open({ a: TEXT })],
  [
    'additionalProperties widened',
    open({ a: TEXT }, { additionalProperties: TEXT }),
    open({ a: TEXT }, { additionalProperties: { type: ['string', 'null'] } }),
  ],
  [
    'a property that additionalProperties covered',
    open({}, { additionalProperties: TEXT }),
    open({ a: { type: ['string', 'null'] } }, { additionalProperties: TEXT }),
  ],
  [
    'patternProperties widened',
    closed({}, { patternProperties: { '^x-': { maxLength: 3 } } }),
    closed({}, { patternProperties: { '^x-': { maxLength: 4 } } }),
  ],
  [
    'required dropped',
    closed({ a: TEXT, b: TEXT }, { required: ['a', 'b'] }),
    closed({ a: TEXT, b: TEXT }, { required: ['a'] }),
  ],
  ['maxLength raised', closed({ a: { ...TEXT, maxLength: 5 } }), closed({ a: { ...TEXT, maxLength: 6 } })],
  ['minLength dropped', { ...TEXT, minLength: 5 }, TEXT],
  ['a value added to enum', closed({ a: { enum: ['x', 'y'] } }), closed({ a: { enum: ['x', 'y', 'z'] } })],
  ['enum instead of const', { const: 1 }, { enum: [1, 2] }],
  ['any text instead of enum', closed({ a: { enum: ['x', 'y'] } }), closed({ a: TEXT })],
  [
    'a pattern that all listed values match',
    { enum: ['ab', 'cd'] },
    { ...TEXT, pattern: '^[a-z]{2}$', maxLength: 2 },
  ],
  ['a type added', TEXT, { type: ['string', 'null'] }],
  ['number instead of integer', { type: 'integer' }, NUMBER],
  ['an exclusive bound made inclusive', { ...NUMBER, exclusiveMinimum: 3 }, { ...NUMBER, minimum: 3 }],
  [
    'bounds of integers',
    { type: 'integer', minimum: 1, maximum: 9 },
    { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
  ],
  ['a coarser step', { type: 'integer', multipleOf: 6 }, { type: 'integer', multipleOf: 3 }],
  ['pattern dropped', { ...TEXT, pattern: '^a' }, TEXT],
  ['format dropped', { ...TEXT, format: 'date' }, TEXT],
  ['a format that is not asserted', TEXT, { ...TEXT, format: 'nin' }],
  ['items widened', { type: 'array', items: { type: 'integer' } }, { type: 'array', items: NUMBER }],
  [
    'a tuple opened',
    { type: 'array', prefixItems: [TEXT], items: false },
    { type: 'array', prefixItems: [TEXT], items: NUMBER },
  ],
  [
    'maxItems raised, uniqueItems dropped',
    { type: 'array', items: TEXT, maxItems: 3, uniqueItems: true },
    { type: 'array', items: TEXT, maxItems: 4 },
  ],
  [
    'contains widened',
    { type: 'array', contains: { const: 1 }, minContains: 2 },
    { type: 'array', contains: { enum: [1, 2] } },
  ],
  ['a branch added to anyOf', { anyOf: [TEXT, NUMBER] }, { anyOf: [NUMBER, { type: 'null' }, TEXT] }],
  [
    'a branch of its own added to oneOf',
    { oneOf: [kind('a'), kind('b')] },
    { oneOf: [kind('a'), kind('b'), kind('c')] },
  ],
  [
    'a property added to a branch',
    { oneOf: [kind('a'), kind('b')] },
    { oneOf: [kind('b', { n: NUMBER }), kind('a')] },
  ],
  ['anyOf instead of oneOf', { oneOf: [TEXT, { maxLength: 3 }] }, { anyOf: [TEXT, { maxLength: 3 }] }],
  ['a narrower not', { not: { type: ['string', 'null'] } }, { not: { type: 'null' } }],
  ['a not that never applied', closed({ a: TEXT }), { not: { type: 'array' } }],
  [
    'a wider then',
    { if: { required: ['a'] }, then: { required: ['b', 'c'] } },
    { if: { required: ['a'] }, then: { required: ['b'] } },
  ],
  ['a condition dropped', open({}, { if: { required: ['a'] }, then: { required: ['b'] } }), open({})],
  [
    'a condition that holds anyway',
    closed({ a: TEXT }, { required: ['a'] }),
    closed({ a: TEXT }, { if: { required: ['b'] }, then: { required: ['c'] } }),
  ],
  [
    'dependentRequired dropped',
    open({}, { dependentRequired: { a: ['b', 'c'] } }),
    open({}, { dependentRequired: { a: ['b'] } }),
  ],
  [
    'dependentSchemas widened',
    open({}, { dependentSchemas: { a: { required: ['b', 'c'] } } }),
    open({}, { dependentSchemas: { a: { required: ['c'] } } }),
  ],
  [
    'propertyNames widened',
    open({}, { propertyNames: { maxLength: 3 } }),
    open({}, { propertyNames: { maxLength: 4 } }),
  ],
  [
    'propertyNames that all declared names fulfil',
    closed({ ab: {}, cd: {} }),
    closed({ ab: {}, cd: {} }, { propertyNames: { pattern: '^[a-z]{2}$' } }),
  ],
  [
    'allOf taken apart',
    { allOf: [open({ a: TEXT }), { required: ['a'] }] },
    open({ a: TEXT }, { required: ['a'] }),
  ],
  [
    'unevaluatedProperties instead of additionalProperties',
    A,
    open({ a: TEXT, b: TEXT }, { unevaluatedProperties: false }),
  ],
  [
    'unevaluatedProperties over allOf',
    { allOf: [open({ a: TEXT })], unevaluatedProperties: false },
    { allOf: [open({ a: TEXT }), open({ b: TEXT })], unevaluatedProperties: false },
  ],
  ['a definition moved', { $ref: '#/$defs/x', $defs: { x: A } }, A],
  [
    'a recursive schema widened',
    closed({ v: { ...TEXT, maxLength: 3 }, next: { $ref: '#' } }),
    closed({ v: TEXT, next: { $ref: '#' }, more: NUMBER }),
  ],
  ['nothing valid before', { enum: ['a'], type: 'number' }, NUMBER],
  [
    'minProperties that required implies',
    open({ a: {} }, { required: ['a'] }),
    open({ a: {} }, { minProperties: 1 }),
  ],
];

describe('typical evolutions', () => {
  it.each(PROVEN)('%s', (_, older, newer) => {
    expect(change(older, newer)).toEqual({ verdict: 'compatible', reasons: [] });
  });

  it.each(PROVEN)('%s, the other way round, is compatible forward', (_, newer, older) => {
    expect(change(older, newer, 'FORWARD').verdict).toBe('compatible');
  });

  it('a property renamed is told from both sides', () => {
    const { reasons } = change(closed({ a: TEXT }), closed({ b: TEXT }), 'FULL');
    expect(reasons).toMatchObject([
      { direction: 'backward', schema: 'previous', pointer: '/properties/a', rule: 'properties' },
      { direction: 'forward', schema: 'candidate', pointer: '/properties/b', rule: 'properties' },
    ]);
    expect(reasons[0]!.hint.fr).toContain('« a »');
    expect(reasons[0]!.hint.ar).toContain('«a»');
    expect(reasons[1]!.hint.en).toContain('"b"');
  });

  it('examples are small enough to read', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, TEXT]));
    const older = closed({ ...many, list: { type: 'array', items: closed({ n: { type: 'integer' } }) } });
    const newer = closed({
      ...many,
      list: { type: 'array', items: closed({ n: { type: 'integer', minimum: 1 } }) },
    });
    expect(change(older, newer).reasons.map(({ example }) => example)).toEqual([{ list: [{ n: 0 }] }]);
  });
});
