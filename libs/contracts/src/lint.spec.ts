import { describe, expect, it } from 'vitest';
import { processorTime } from '#testing';
import { lintSchema } from './lint.js';

const rules = (schema: unknown) =>
  lintSchema(typeof schema === 'string' ? schema : JSON.stringify(schema)).map(
    ({ pointer, rule }) => `${pointer} ${rule}`,
  );
const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const nested = (depth: number): string => '{"not":'.repeat(depth) + '{}' + '}'.repeat(depth);

describe('lintSchema accepts', () => {
  it.each([
    ['a boolean', true],
    ['an empty schema', {}],
    [
      'draft-04',
      {
        $schema: 'http://json-schema.org/draft-04/schema#',
        id: 'urn:x:a',
        minimum: 1,
        exclusiveMinimum: true,
      },
    ],
    ['draft-06', { $schema: 'http://json-schema.org/draft-06/schema#', const: 1 }],
    ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#', if: {} }],
    ['2019-09', { $schema: 'https://json-schema.org/draft/2019-09/schema', unevaluatedProperties: false }],
    ['2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{}] }],
    ['local references', { $defs: { a: { $ref: '#/$defs/b' }, b: {} }, $ref: '#/$defs/a' }],
    [
      'an anchor',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: { a: { $anchor: 'x' } }, $ref: '#x' },
    ],
    ['an embedded resource', { $id: 'https://a.example/root', $defs: { a: { $id: 'item' } }, $ref: 'item' }],
    [
      'a pointer relative to an embedded resource',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $defs: { i: { $id: 'https://a.example/i', $defs: { a: {} }, $ref: '#/$defs/a' } },
      },
    ],
    ['a draft-07 anchor', { definitions: { a: { $id: '#x' } }, $ref: '#x' }],
    [
      'an absolute reference to itself',
      { $id: 'https://a.example/r', $defs: { a: {} }, $ref: 'https://a.example/r#/$defs/a' },
    ],
    ['a recursive reference below a keyword', { properties: { child: { $ref: '#' } } }],
    [
      'properties named like keywords',
      { properties: { $ref: { type: 'string' }, $async: true, $data: {}, pattern: {} } },
    ],
    ['keywords of registries', { 'confluent:tags': ['PII'], 'x-label': { pattern: '(?=a)' } }],
    ['2,000 enum values', { enum: many(2_000) }],
    ['100 branches', { oneOf: many(100).map((value) => ({ const: value })) }],
    ['uniqueItems on strings', { items: { type: 'string' }, uniqueItems: true }],
    ['bounded uniqueItems', { items: { type: 'object' }, uniqueItems: true, maxItems: 50 }],
    [
      'keywords inside data',
      { const: { $ref: 'https://a.example', pattern: '(?=a)' }, examples: [{ $async: true }] },
    ],
  ])('%s', (_name, schema) => expect(rules(schema)).toEqual([]));
});

describe('lintSchema refuses', () => {
  it.each([
    ['text that is not JSON', '{', ' json'],
    ['a member twice', '{"type":"string","type":"object"}', ' json'],
    ['__proto__', '{"properties":{"__proto__":{}}}', ' json'],
    ['neither object nor boolean', '[]', ' type'],
    ['more than 256 KB', JSON.stringify({ description: 'x'.repeat(262_144) }), ' size'],
    ['depth 65', nested(64), ' json'],
    ['an unknown dialect', { $schema: 'https://a.example/my-draft' }, '/$schema $schema'],
    [
      'a boolean schema in draft-04',
      { $schema: 'http://json-schema.org/draft-04/schema#', not: true },
      '/not type',
    ],
    ['draft-03', { $schema: 'http://json-schema.org/draft-03/schema#' }, '/$schema $schema'],
    [
      'another dialect inside',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $defs: { a: { $schema: 'http://json-schema.org/draft-07/schema#' } },
      },
      '/$defs/a/$schema $schema',
    ],
    ['5,001 nodes', { allOf: many(60).map(() => ({ oneOf: many(99).map(() => ({})) })) }, ' nodes'],
    [
      '1,001 properties',
      { properties: Object.fromEntries(many(1_001).map((n) => [`p${n}`, true])) },
      '/properties properties',
    ],
    ['101 branches', { oneOf: many(101).map(() => true) }, '/oneOf branches'],
    ['2,001 enum values', { enum: many(2_001) }, '/enum enum'],
    [
      '100,000 enum values',
      { properties: { a: { enum: many(100_000).map((n) => n % 10) } } },
      '/properties/a/enum enum',
    ],
    [
      'many large enums',
      { anyOf: many(11).map((n) => ({ enum: many(2_000).map((v) => `${n}.${v}`) })) },
      '/anyOf/0/enum enum',
    ],
    ['an enum value twice', { enum: [{ a: 1 }, 2, { a: 1 }] }, '/enum enum'],
    ['look-ahead', { pattern: '^(?=a)' }, '/pattern pattern'],
    ['a back-reference', { patternProperties: { '(a)\\1': {} } }, '/patternProperties/(a)\\1 pattern'],
    ['a long pattern', { pattern: 'a'.repeat(513) }, '/pattern pattern'],
    ['a remote reference', { $ref: 'https://a.example/schema.json' }, '/$ref $ref'],
    ['a file reference', { items: { $ref: 'file:///etc/passwd' } }, '/items/$ref $ref'],
    ['a relative reference', { $ref: 'other.json' }, '/$ref $ref'],
    ['a reference to nothing', { $ref: '#/$defs/a' }, '/$ref $ref'],
    ['a reference to itself', { $ref: '#' }, '/$ref $ref'],
    [
      'a loop of references',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
      '/$defs/a/$ref $ref',
    ],
    ['an unknown anchor', { $ref: '#nowhere' }, '/$ref $ref'],
    ['$async', { properties: { a: { $async: true } } }, '/properties/a/$async $async'],
    [
      '$async behind a reference',
      { 'x-hidden': { $async: true }, $ref: '#/x-hidden' },
      '/x-hidden/$async $async',
    ],
    ['$data', { properties: { a: { maxLength: { $data: '1/b' } } } }, '/properties/a/maxLength $data'],
    [
      'unbounded uniqueItems on objects',
      { items: { type: 'object' }, uniqueItems: true },
      '/uniqueItems uniqueItems',
    ],
    ['uniqueItems on too many objects', { uniqueItems: true, maxItems: 1_001 }, '/uniqueItems uniqueItems'],
    ['unbounded uniqueItems on anything', { uniqueItems: true }, '/uniqueItems uniqueItems'],
    ['a malformed keyword', { properties: { a: { type: 'text' } } }, '/properties/a/type enum'],
    [
      'a negative length',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', minLength: -1 },
      '/minLength minimum',
    ],
  ])('%s', (_name, schema, expected) => expect(rules(schema)).toContain(expected));

  it('quickly, whatever the size', () => {
    const took = processorTime(() => {
      rules({ enum: many(40_000) });
      rules({ oneOf: many(3_000).map(() => ({ type: 'object', properties: { a: { const: 1 } } })) });
      rules(nested(20_000));
      rules({ properties: Object.fromEntries(many(3_000).map((n) => [`p${n}`, { type: 'string' }])) });
    });
    expect(took).toBeLessThan(1_000);
  });

  it('with at most 20 violations', () => {
    expect(rules({ anyOf: many(50).map(() => ({ pattern: '(?=a)' })) })).toHaveLength(20);
  });
});
