import { describe, expect, it } from 'vitest';
import { accepts, change, closed, open } from './pairs.spec-fixture.js';

const TEXT = { type: 'string' };
const KIND = { k: { enum: ['a', 'b'] }, v: TEXT };

/** what changed, the older and the newer schema, where the reason points, the rule */
const BREAKING: [string, object, object, string, string][] = [
  [
    'values under patternProperties',
    { patternProperties: { '^x-': TEXT } },
    { patternProperties: { '^x-': { type: 'number' } } },
    '/patternProperties/^x-/type',
    'type',
  ],
  [
    'a pattern of properties added',
    open({}),
    open({}, { patternProperties: { '^x-[a-z]+$': TEXT } }),
    '/patternProperties/^x-[a-z]+$/type',
    'type',
  ],
  [
    'propertyNames',
    open({}, { propertyNames: { maxLength: 10 } }),
    open({}, { propertyNames: { maxLength: 3 } }),
    '/propertyNames',
    'propertyNames',
  ],
  [
    'propertyNames added',
    open({}),
    open({}, { propertyNames: { pattern: '^[a-z]+$' } }),
    '/propertyNames',
    'propertyNames',
  ],
  [
    'contains',
    { type: 'array', contains: TEXT },
    { type: 'array', contains: { ...TEXT, minLength: 3 } },
    '/contains',
    'contains',
  ],
  [
    'contains added',
    { type: 'array', items: TEXT },
    { type: 'array', items: TEXT, contains: { const: 'x' } },
    '/contains',
    'contains',
  ],
  [
    'minContains',
    { type: 'array', contains: TEXT },
    { type: 'array', contains: TEXT, minContains: 2 },
    '/contains',
    'contains',
  ],
  ['format', open({ d: TEXT }), open({ d: { ...TEXT, format: 'date' } }), '/properties/d/format', 'format'],
  [
    'another format',
    open({ d: { ...TEXT, format: 'date-time' } }),
    open({ d: { ...TEXT, format: 'date' } }),
    '/properties/d/format',
    'format',
  ],
  [
    'then',
    open(KIND),
    open(KIND, { if: { properties: { k: { const: 'a' } }, required: ['k'] }, then: { required: ['v'] } }),
    '/then/required',
    'required',
  ],
  [
    'else',
    open(KIND),
    open(KIND, { if: { properties: { k: { const: 'a' } } }, else: { properties: { v: { maxLength: 3 } } } }),
    '/else/properties/v/maxLength',
    'maxLength',
  ],
  [
    'a narrower then',
    open(KIND, {
      if: { properties: { k: { const: 'b' } }, required: ['k'] },
      then: { properties: { v: { pattern: '^[0-9]{3}$' } } },
    }),
    open(KIND, {
      if: { properties: { k: { const: 'b' } }, required: ['k'] },
      then: { properties: { v: { pattern: '^[1-9][0-9]{2}$' } } },
    }),
    '/then/properties/v/pattern',
    'pattern',
  ],
  ['required outside properties', open({}), open({}, { required: ['z'] }), '/required', 'required'],
  [
    'exclusiveMaximum',
    { type: 'number', exclusiveMaximum: 10 },
    { type: 'number', exclusiveMaximum: 9 },
    '/exclusiveMaximum',
    'exclusiveMaximum',
  ],
  [
    'a bound made exclusive',
    { type: 'number', minimum: 3 },
    { type: 'number', exclusiveMinimum: 3 },
    '/exclusiveMinimum',
    'exclusiveMinimum',
  ],
  [
    'dependentRequired',
    open({ a: {}, b: {} }),
    open({ a: {}, b: {} }, { dependentRequired: { a: ['b'] } }),
    '/dependentRequired',
    'dependentRequired',
  ],
  [
    'dependentSchemas',
    open({ a: {}, b: {} }),
    open({ a: {}, b: {} }, { dependentSchemas: { a: { properties: { b: TEXT } } } }),
    '/dependentSchemas/a/properties/b/type',
    'type',
  ],
  ['const', open({ a: { const: 1 } }), open({ a: { const: 2 } }), '/properties/a/const', 'const'],
  [
    'a value removed from enum',
    open({ a: { enum: [1, null, 'x'] } }),
    open({ a: { enum: [1, 'x'] } }),
    '/properties/a/enum',
    'enum',
  ],
  [
    'multipleOf',
    { type: 'integer', multipleOf: 2 },
    { type: 'integer', multipleOf: 4 },
    '/multipleOf',
    'multipleOf',
  ],
  [
    'unevaluatedProperties',
    { allOf: [open({ a: {} })] },
    { allOf: [open({ a: {} })], unevaluatedProperties: false },
    '/unevaluatedProperties',
    'unevaluatedProperties',
  ],
  [
    'unevaluatedItems',
    { type: 'array', prefixItems: [TEXT] },
    { type: 'array', prefixItems: [TEXT], unevaluatedItems: false },
    '/unevaluatedItems',
    'unevaluatedItems',
  ],
  ['not', open({ a: TEXT }), open({ a: { ...TEXT, not: { const: 'x' } } }), '/properties/a/not', 'not'],
  [
    'a wider not',
    open({ a: { not: { type: 'null' } } }),
    open({ a: { not: { type: ['null', 'string'] } } }),
    '/properties/a/not',
    'not',
  ],
  [
    'a property of an open model',
    open({ a: TEXT }),
    open({ a: TEXT, b: TEXT }),
    '/properties/b/type',
    'type',
  ],
  ['a property forbidden', open({ a: TEXT }), open({ a: false }), '/properties/a', 'false schema'],
  [
    'pattern',
    open({ a: { ...TEXT, pattern: '^[A-Z]{2}[0-9]{1,6}$' } }),
    open({ a: { ...TEXT, pattern: '^[A-Z]{2}[0-9]{2,6}$' } }),
    '/properties/a/pattern',
    'pattern',
  ],
  [
    'a longer tuple',
    { type: 'array', prefixItems: [TEXT, TEXT] },
    { type: 'array', prefixItems: [TEXT, { type: 'integer' }] },
    '/prefixItems/1/type',
    'type',
  ],
  [
    'uniqueItems',
    { type: 'array', items: TEXT },
    { type: 'array', items: TEXT, uniqueItems: true },
    '/uniqueItems',
    'uniqueItems',
  ],
  [
    'overlapping branches',
    { oneOf: [TEXT, { type: 'number' }] },
    { oneOf: [TEXT, { type: 'number' }, { type: 'integer' }] },
    '/oneOf',
    'oneOf',
  ],
  [
    'a branch removed',
    { anyOf: [TEXT, { type: 'number' }, { type: 'null' }] },
    { anyOf: [TEXT, { type: 'number' }] },
    '/anyOf',
    'anyOf',
  ],
  [
    'a property of each branch',
    { anyOf: [open({ a: { maxLength: 9, ...TEXT } }, { required: ['a'] }), TEXT] },
    { anyOf: [open({ a: { maxLength: 8, ...TEXT } }, { required: ['a'] }), TEXT] },
    '/anyOf',
    'anyOf',
  ],
  [
    'behind a reference',
    { $ref: '#/$defs/x', $defs: { x: closed({ n: { type: 'integer', maximum: 9 } }) } },
    { $ref: '#/$defs/y', $defs: { y: closed({ n: { type: 'integer', maximum: 8 } }) } },
    '/$defs/y/properties/n/maximum',
    'maximum',
  ],
  [
    'in a recursive schema',
    closed({ v: TEXT, next: { $ref: '#' } }),
    closed({ v: { ...TEXT, minLength: 1 }, next: { $ref: '#' } }),
    '/properties/v/minLength',
    'minLength',
  ],
  [
    'deep inside',
    open({ a: open({ b: { type: 'array', items: open({ c: TEXT }, { required: ['c'] }) } }) }),
    open({
      a: open({ b: { type: 'array', items: open({ c: { ...TEXT, maxLength: 5 } }, { required: ['c'] }) } }),
    }),
    '/properties/a/properties/b/items/properties/c/maxLength',
    'maxLength',
  ],
];

describe('what the syntactic rules do not see', () => {
  it.each(BREAKING)('%s', (_, older, newer, pointer, rule) => {
    const { verdict, reasons } = change(older, newer);
    expect(verdict).toBe('incompatible');
    const reason = reasons.find((one) => one.pointer === pointer && one.rule === rule);
    expect(reasons.map((one) => `${one.pointer} ${one.rule}`)).toContain(`${pointer} ${rule}`);
    expect(reason).toMatchObject({ direction: 'backward', version: 1, schema: 'candidate' });
    expect(Object.values(reason!.hint).map((text) => text.length > 20)).toEqual([true, true, true]);
    for (const { example } of reasons) {
      expect([accepts(older, example), accepts(newer, example)]).toEqual([true, false]);
    }
  });

  it.each(BREAKING)('%s, the other way round, is forward', (_, newer, older) => {
    const { reasons } = change(older, newer, 'FORWARD');
    expect(reasons).not.toEqual([]);
    for (const { example, direction } of reasons) {
      expect([direction, accepts(newer, example), accepts(older, example)]).toEqual(['forward', true, false]);
    }
  });

  it.each([
    ['contentEncoding added', TEXT, { ...TEXT, contentEncoding: 'base64' }, 'contentEncoding'],
    [
      'contentEncoding changed',
      { ...TEXT, contentEncoding: 'base64' },
      { ...TEXT, contentEncoding: 'base16' },
      'contentEncoding',
    ],
    ['contentMediaType added', TEXT, { ...TEXT, contentMediaType: 'application/json' }, 'contentMediaType'],
  ])('%s: an example that a reader would decode wrongly', (_, older, newer, rule) => {
    const { verdict, reasons } = change(open({ d: older }), open({ d: newer }));
    expect(verdict).toBe('incompatible');
    expect(reasons).toMatchObject([
      { pointer: `/properties/d/${rule}`, rule, example: { d: expect.any(String) } },
    ]);
    expect(reasons[0]!.hint.en).toContain('decodes');
    expect(change(open({ d: newer }), open({ d: newer })).verdict).toBe('compatible');
  });
});
