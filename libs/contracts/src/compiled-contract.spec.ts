import { describe, expect, it } from 'vitest';
import { processorTime } from '#testing';
import { CompiledContract } from './compiled-contract.js';

const D2020 = 'https://json-schema.org/draft/2020-12/schema';
const D4 = 'http://json-schema.org/draft-04/schema#';
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

  it('refuses what only the compiler sees, with its reason', () => {
    expect(() => compile({ 'x-a': { $anchor: 'a', type: 'null' }, 'x-b': { $anchor: 'a' } })).toThrow(
      expect.objectContaining({ code: 'invalid-schema', detail: expect.stringContaining('more than one') }),
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
      'draft-04: exclusive bounds',
      { $schema: D4, minimum: 1, exclusiveMinimum: true },
      1,
      ' exclusiveMinimum',
    ],
    [
      'draft-04: bounds that are not exclusive',
      { $schema: D4, maximum: 1, exclusiveMaximum: false },
      1,
      undefined,
    ],
    ['draft-04 without const', { $schema: D4, const: 1 }, 2, undefined],
    [
      'draft-04 by id',
      { $schema: D4, definitions: { a: { id: '#x', type: 'null' } }, $ref: '#x' },
      2,
      ' type',
    ],
    ['an ICE', { format: 'ma-ice' }, '001561191000066', undefined],
    ['an ICE with a wrong check', { format: 'ma-ice' }, '001561191000067', ' format'],
    ['an ICE that is too short', { format: 'ma-ice' }, '1561191000066', ' format'],
    ['an ICE in other digits', { format: 'ma-ice' }, '٠٠١٥٦١١٩١٠٠٠٠٦٦', ' format'],
    [
      'draft-07: siblings of $ref',
      { $ref: '#/definitions/a', definitions: { a: {} }, type: 'null' },
      1,
      undefined,
    ],
    [
      '2020-12: siblings of $ref',
      { $schema: D2020, $ref: '#/$defs/a', $defs: { a: {} }, type: 'null' },
      1,
      ' type',
    ],
    ['an empty enum', { $schema: D2020, enum: [] }, 1, ' not'],
    [
      'a definition named $id',
      { $defs: { $id: { type: 'null' }, a: { type: 'null' } }, $ref: '#/$defs/a' },
      1,
      ' type',
    ],
    [
      'a condition that is referred to',
      {
        $schema: D2020,
        items: { $ref: '#/if' },
        if: { type: ['null', 'array'] },
        unevaluatedProperties: false,
      },
      [1],
      '/0 type',
    ],
    ['no nullable', { type: 'string', nullable: true }, null, ' type'],
    ['id as a plain name', { id: 'a', type: 'string' }, 'a', undefined],
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
    const schema = { items: { type: 'string' } };
    const took = processorTime(() => expect(verdict(schema, Array(100_000).fill(1))).toEqual(['/0 type']));
    expect(took).toBeLessThan(500);
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
    expect(verdict({ properties: { a: { $ref: '#' } } }, data)).toEqual([' complexity']);
  });
});

describe('a schema that explodes', () => {
  const verdictWithin = (schema: unknown, data: unknown) => {
    const validator = compile(schema);
    let rules: string[] = [];
    const took = processorTime(() => (rules = validator.validate(data).map(({ rule }) => rule)));
    expect(took).toBeLessThan(1_500);
    return rules;
  };
  const nest = (depth: number) => {
    let data: unknown = 1;
    for (let level = 0; level < depth; level += 1) data = { a: data };
    return data;
  };

  it('by branches that refer to branches is cut short', () => {
    const $defs: Record<string, unknown> = { d60: { const: 'never' } };
    for (let level = 0; level < 60; level += 1) {
      $defs[`d${level}`] = { anyOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] };
    }
    expect(verdictWithin({ $defs, $ref: '#/$defs/d0' }, 1)).toEqual(['complexity']);
  });

  it('by recursion in two branches is cut short', () => {
    const branch = { type: 'object', properties: { a: { $ref: '#' } } };
    expect(verdictWithin({ anyOf: [branch, branch] }, nest(60))).toEqual(['complexity']);
    expect(verdictWithin({ anyOf: [branch, branch, {}] }, nest(10))).toEqual([]);
  });

  it('hidden behind a keyword nobody knows is cut short', () => {
    const branch = { type: 'object', properties: { a: { $ref: '#/x-hidden' } } };
    expect(verdictWithin({ 'x-hidden': { anyOf: [branch, branch] }, $ref: '#/x-hidden' }, nest(60))).toEqual([
      'complexity',
    ]);
  });

  it('inside an embedded resource is cut short', () => {
    const branch = { type: 'object', properties: { a: { $ref: '#/x-hidden' } } };
    const item = { $id: 'https://a.example/item', 'x-hidden': { anyOf: [branch, branch] } };
    expect(verdictWithin({ $defs: { item }, $ref: 'https://a.example/item#/x-hidden' }, nest(60))).toEqual([
      'complexity',
    ]);
  });

  /** 65,536 evaluations of `leaf` on one value. */
  const often = (leaf: unknown) => {
    const $defs: Record<string, unknown> = { d16: leaf };
    for (let level = 0; level < 16; level += 1)
      $defs[`d${level}`] = { anyOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] };
    return { $defs, $ref: '#/$defs/d0' };
  };
  const members = (count: number, value: unknown = 1) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value]));
  const objects = (count: number) => Array.from({ length: count }, (_, n) => ({ a: n }));

  it.each<[what: string, leaf: unknown, data: unknown]>([
    ['the length of a long text', { maxLength: 1 }, '\u{1f600}'.repeat(250_000)],
    ['the number of many members', { maxProperties: 1 }, members(50_000)],
    ['many required members', { required: Object.keys(members(1_000)) }, members(999)],
    [
      'many known members',
      { properties: members(900, {}), additionalProperties: false },
      { ...members(900), x: 1 },
    ],
    ['large constants', { const: { a: Array(900).fill(members(20)) } }, { a: Array(900).fill(members(19)) }],
    ['large values of an enum', { enum: [Array(900).fill('ab')] }, [0, ...Array<string>(899).fill('ab')]],
    ['many items that must differ', { uniqueItems: true, maxItems: 1_000 }, [...objects(999), { a: 0 }]],
    [
      'many names that must differ',
      { uniqueItems: true, items: { type: 'string' } },
      ['k0', ...Object.keys(members(30_000))],
    ],
  ])('by asking for %s again and again is cut short', (_what, leaf, data) => {
    expect(verdictWithin(often(leaf), data)).toEqual(['complexity']);
  });

  it('by many lists whose items must differ is cut short', () => {
    const list = { type: 'array', uniqueItems: true, maxItems: 1_000, items: { type: 'object' } };
    expect(verdictWithin({ items: list }, Array(100).fill(objects(1_000)))).toEqual(['complexity']);
    expect(verdictWithin({ items: list }, [objects(1_000)])).toEqual([]);
    // A type beside a reference counts for nothing in old drafts.
    const hidden = { definitions: { any: {} }, items: { $ref: '#/definitions/any', type: 'string' } };
    expect(
      verdictWithin(
        { $schema: 'http://json-schema.org/draft-07/schema#', ...hidden, uniqueItems: true },
        objects(20_000),
      ),
    ).toEqual(['complexity']);
    // One that is too long already is not compared.
    expect(verdictWithin(list, objects(50_000))).toEqual(['maxItems']);
  });

  it('only in its report keeps its first violation', () => {
    const branch = { properties: { a: { $ref: '#' } }, required: ['x'] };
    expect(verdictWithin({ anyOf: [branch, branch] }, nest(60))).toEqual(['required', 'anyOf']);
  });

  it('by a slow pattern on a long text is cut short', () => {
    expect(verdictWithin({ pattern: `^(?:${'(a|b)'.repeat(90)}){10}c*d*$` }, 'a'.repeat(10_000))).toEqual([
      'complexity',
    ]);
    expect(verdictWithin({ pattern: '^(a|b)*$' }, 'ab'.repeat(10_000))).toEqual([]);
  });

  it('by a long enum in a long array is cut short', () => {
    const values = Array.from({ length: 2_000 }, (_, n) => `v${n}`);
    expect(verdictWithin({ items: { enum: values } }, Array(100_000).fill('v1999'))).toEqual(['complexity']);
  });

  it('is nothing like a large payload of a plain schema', () => {
    const item = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^[a-z]+$' } },
      required: ['a'],
    };
    expect(verdictWithin({ items: item }, Array(50_000).fill({ a: 'abcdefgh' }))).toEqual([]);
  });
});

it.each([
  [
    'a thousand references to a thousand properties',
    {
      properties: Object.fromEntries(thousand((n) => [`p${n}`, { $ref: '#/$defs/big' }])),
      $defs: {
        big: { properties: Object.fromEntries(thousand((n) => [`q${n}`, { type: 'string', maxLength: n }])) },
      },
    },
  ],
  [
    '900 choices',
    {
      properties: Object.fromEntries(
        thousand((n) => [
          `p${n}`,
          { anyOf: [{ type: 'string', maxLength: n }, { enum: [1, 2] }, { pattern: '^a' }] },
        ]).slice(0, 900),
      ),
    },
  ],
  [
    '5,000 nodes',
    {
      allOf: Array.from({ length: 49 }, (_, n) => ({
        anyOf: Array.from({ length: 99 }, (_, m) => ({ const: `${n}.${m}` })),
      })),
    },
  ],
])('%s, which the linter lets pass, compile in bounded time', (_name, schema) => {
  expect(processorTime(() => compile(schema))).toBeLessThan(2_000);
});

function thousand<T>(item: (n: number) => T): T[] {
  return Array.from({ length: 1_000 }, (_, n) => item(n));
}
