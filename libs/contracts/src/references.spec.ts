import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleSchema } from './bundle.js';
import { CompiledContract } from './compiled-contract.js';
import { lintSchema } from './lint.js';
import { LINT_LIMITS } from './lint-limits.js';

const D2020 = 'https://json-schema.org/draft/2020-12/schema';
const D2019 = 'https://json-schema.org/draft/2019-09/schema';
type Json = Record<string, unknown> | boolean;

const texts = (references: Record<string, Json>) =>
  new Map(Object.entries(references).map(([name, schema]) => [name, JSON.stringify(schema)]));
const lint = (schema: Json, references: Record<string, Json>) =>
  lintSchema(JSON.stringify(schema), LINT_LIMITS, texts(references)).map(
    ({ pointer, rule, message }) => `${pointer} ${rule}: ${message}`,
  );
const rules = (contract: CompiledContract, data: unknown) =>
  contract.validate(data).map(({ pointer, rule }) => `${pointer} ${rule}`);

/** The verdict by each of the ways that must agree. */
function verdicts(schema: Json, references: Record<string, Json>, data: unknown): string[][] {
  const source = { text: JSON.stringify(schema), references: texts(references) };
  const flat = bundleSchema(source, { flatten: true });
  expect(flat).not.toMatch(/"\$ref":"[^#]/);
  return [
    CompiledContract.compile(source.text, source.references),
    CompiledContract.compile(bundleSchema(source)),
    CompiledContract.compile(flat),
  ].map((contract) => rules(contract, data));
}

const NAMES = 'urn:wasl:contract:common.names:v1';

describe('a reference to a registered schema', () => {
  it.each<[string, Json, Record<string, Json>, unknown, string]>([
    ['by URN', { $schema: D2020, $ref: NAMES }, { [NAMES]: { $id: NAMES, type: 'string' } }, 1, ' type'],
    [
      'by URN and pointer, in draft-07',
      { properties: { n: { $ref: `${NAMES}#/definitions/family` } } },
      { [NAMES]: { $id: NAMES, definitions: { family: { type: 'string' } } } },
      { n: 1 },
      '/n type',
    ],
    [
      'by anchor',
      { $schema: D2019, items: { $ref: `${NAMES}#family` } },
      { [NAMES]: { $schema: D2019, $defs: { family: { $anchor: 'family', maxLength: 2 } } } },
      ['abc'],
      '/0 maxLength',
    ],
    [
      'relative to the $id of the root',
      { $schema: D2020, $id: 'https://a.example/people/person.json', $ref: '../common.json#/$defs/a' },
      { 'https://a.example/common.json': { $defs: { a: { $ref: '#/$defs/b' }, b: { type: 'string' } } } },
      1,
      ' type',
    ],
    [
      'by a name relative to the $id of the root',
      { $id: 'https://a.example/person.json', $ref: 'https://a.example/common.json' },
      { 'common.json': { type: 'string' } },
      1,
      ' type',
    ],
    ['by name, without any $id', { $ref: 'common.json' }, { 'common.json': { type: 'string' } }, 1, ' type'],
    [
      'by name, under a URN',
      { $id: 'urn:x:root', items: { $ref: 'common.json#/definitions/a' } },
      { 'common.json': { definitions: { a: { type: 'string' } } } },
      [1],
      '/0 type',
    ],
    [
      'by a name that is not its $id',
      { $id: 'https://a.example/root', $ref: 'common.json' },
      {
        'common.json': {
          $id: 'urn:x:common',
          $ref: '#/definitions/a',
          definitions: { a: { type: 'string' } },
        },
      },
      1,
      ' type',
    ],
    [
      'that refers to another',
      { $schema: D2020, properties: { a: { $ref: 'a.json' } } },
      {
        'a.json': { properties: { b: { $ref: 'b.json#/$defs/x' } } },
        'b.json': { $defs: { x: { const: 1 } } },
      },
      { a: { b: 2 } },
      '/a/b const',
    ],
    [
      'that refers back',
      { $schema: D2020, $id: 'urn:x:tree', properties: { next: { $ref: 'urn:x:node' } }, required: ['v'] },
      { 'urn:x:node': { properties: { up: { $ref: 'urn:x:tree' } } } },
      { v: 1, next: { up: {} } },
      '/next/up/v required',
    ],
    [
      'that has the URI of the root, which goes first',
      { $id: 'urn:x:a', items: { $ref: 'urn:x:a' }, not: { const: 1 } },
      { 'urn:x:a': { const: 2 } },
      [1],
      '/0 not',
    ],
    ['that is false', { $ref: 'never' }, { never: false }, 1, ' not'],
    [
      'that holds a resource of its own',
      { $schema: D2020, $ref: 'https://a.example/item#/$defs/x' },
      {
        'https://a.example/lib': true,
        'https://a.example/item': { $id: 'https://a.example/item', $defs: { x: { type: 'null' } } },
      },
      1,
      ' type',
    ],
    [
      'whose only schema is a reference',
      { $ref: 'a.json' },
      {
        'a.json': {
          $id: 'https://a.example/a',
          $ref: '#/definitions/x',
          definitions: { x: { type: 'null' } },
        },
      },
      1,
      ' type',
    ],
    [
      'beside definitions of the same name',
      {
        definitions: { common: { const: 1 } },
        items: [{ $ref: '#/definitions/common' }, { $ref: 'common.json' }],
      },
      { 'common.json': { const: 2 } },
      [1, 1],
      '/1 const',
    ],
  ])('%s', (_name, schema, references, data, expected) => {
    expect(verdicts(schema, references, data)).toEqual([[expected], [expected], [expected]]);
  });

  it.each<[string, Json, Record<string, Json>, RegExp]>([
    [
      'an unknown name',
      { $ref: 'https://a.example/b' },
      { 'https://a.example/a': {} },
      /^\/\$ref \$ref: .*register the referenced schema and name it in `references`/,
    ],
    [
      'http beside a registered name',
      { items: { $ref: 'http://169.254.169.254/x' } },
      { a: {} },
      /^\/items\/\$ref \$ref: points outside/,
    ],
    ['a file', { $ref: 'file:///etc/passwd' }, { a: {} }, /points outside/],
    [
      'a name inside a reference',
      { $ref: 'a' },
      { a: { items: { $ref: 'b' } } },
      /^\/items\/\$ref \$ref: in the referenced schema "a": points outside/,
    ],
    ['a fragment that is no schema', { $ref: 'a#/const' }, { a: { const: 1 } }, /points to no schema/],
    ['an unknown anchor', { $ref: 'a#x' }, { a: {} }, /points to no schema/],
    [
      'a dynamic reference outwards',
      { $schema: D2020, $dynamicRef: 'b#x' },
      { a: {} },
      /^\/\$dynamicRef \$ref: points outside/,
    ],
    [
      'a dynamic reference that the root would bend',
      { $schema: D2020, $dynamicAnchor: 'x', $ref: 'a' },
      { a: { $dynamicAnchor: 'x', items: { $dynamicRef: '#x' } } },
      /in the referenced schema "a": depends on how it was reached/,
    ],
    [
      'a circle through two schemas',
      { $ref: 'a' },
      { a: { $ref: 'b' }, b: { allOf: [], $ref: 'a' } },
      /leads back to itself/,
    ],
    [
      'another dialect',
      { $ref: 'a' },
      { a: { $schema: D2020 } },
      /"a" cannot be used: its dialect is 2020-12, that of the schema draft-07/,
    ],
    [
      'the same $id as the root',
      { $id: 'urn:x:a', items: { $ref: 'b' } },
      { b: { $id: 'urn:x:a' } },
      /\$id: .*named already/,
    ],
    [
      'a look-ahead',
      { $ref: 'a' },
      { a: { pattern: '(?=a)' } },
      /^\/pattern pattern: in the referenced schema "a"/,
    ],
    [
      'a malformed keyword',
      { $ref: 'a' },
      { a: { type: 'text' } },
      /^\/type .*: in the referenced schema "a"/,
    ],
    ['an asynchronous schema', { $ref: 'a' }, { a: { $async: true } }, /^\/\$async \$async: in the ref/],
  ])('is refused: %s', (_name, schema, references, expected) => {
    expect(lint(schema, references).join('\n')).toMatch(expected);
  });

  it('counts towards the limits', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`r${n}`, {}]));
    expect(lint({}, many)[0]).toContain('more than 100 referenced schemas');
    const large = Object.fromEntries(
      Array.from({ length: 5 }, (_, n) => [`r${n}`, { title: String(n).repeat(250_000) }]),
    );
    expect(lint({}, large)[0]).toContain('with the schemas it refers to');
    const nodes = Object.fromEntries(
      Array.from({ length: 3 }, (_, n) => [
        `r${n}`,
        { items: Array.from({ length: 1_000 }, () => ({ not: { title: n } })) },
      ]),
    );
    expect(lint({ allOf: [{ $ref: 'r0' }, { $ref: 'r1' }, { $ref: 'r2' }] }, nodes)[0]).toContain(
      'more than 5000 nodes',
    );
    expect(lintSchema('{}', LINT_LIMITS, new Map([['a', '{']]))[0]?.message).toContain('"a" cannot be used');
    expect(
      lintSchema('{}', LINT_LIMITS, new Map([['a', '{"not":'.repeat(62) + '{}' + '}'.repeat(62)]]))[0]
        ?.message,
    ).toContain('nested deeper');
  });
});

describe('bundleSchema', () => {
  it('is the canonical text of a schema without references', () => {
    expect(bundleSchema({ text: '{ "maximum": 1.50 ,"$id":"urn:x:a"}' })).toBe(
      '{"maximum":1.50,"$id":"urn:x:a"}',
    );
    expect(bundleSchema({ text: '{"minimum":1.0}', references: texts({ unused: {} }) })).toBe(
      '{"minimum":1.0}',
    );
  });

  it('embeds what is needed, in one order, under readable keys', () => {
    const schema = { $schema: D2020, $id: 'urn:x:r', properties: { n: { $ref: `${NAMES}#/$defs/f` } } };
    const names = { $id: NAMES, $schema: D2020, $defs: { f: { $ref: 'urn:x:text' } } };
    const text = { type: 'string' };
    const bundles = [
      { [NAMES]: names, 'urn:x:text': text, unused: {} },
      { unused: {}, 'urn:x:text': text, [NAMES]: names },
    ].map((references) => bundleSchema({ text: JSON.stringify(schema), references: texts(references) }));
    expect(new Set(bundles).size).toBe(1);
    expect(JSON.parse(bundles[0]!)).toEqual({
      ...schema,
      $defs: {
        'common.names.v1': { $id: NAMES, $defs: names.$defs },
        'urn.x.text': { $id: 'urn:x:text', type: 'string' },
      },
    });
  });

  it('flattens to pointers and drops URIs', () => {
    const source = {
      text: JSON.stringify({ $id: 'urn:x:r', properties: { n: { $ref: `${NAMES}#f` } } }),
      references: texts({ [NAMES]: { $id: NAMES, definitions: { 'a/b%': { $id: '#f' } } } }),
    };
    expect(JSON.parse(bundleSchema(source, { flatten: true }))).toEqual({
      $id: 'urn:x:r',
      properties: { n: { $ref: '#/definitions/common.names.v1/definitions/a~1b%25' } },
      definitions: { 'common.names.v1': { definitions: { 'a/b%': {} } } },
    });
  });

  it('throws what the linter says', () => {
    expect(() => bundleSchema({ text: '{"$ref":"a"}' })).toThrow(
      expect.objectContaining({
        code: 'invalid-schema',
        violations: [expect.objectContaining({ pointer: '/$ref' })],
      }),
    );
  });

  it('judges as the source does, whatever refers to whatever', () => {
    const name = fc.constantFrom('', 'a.json', 'b.json', 'urn:x:c');
    const fragment = fc.constantFrom('', '#/properties/p', '#/properties/q', '#anchor');
    const leaf = fc.constantFrom<Json>({ type: 'string' }, { const: 1 }, { maxProperties: 1 }, true);
    const part = fc.oneof(
      leaf,
      fc.tuple(name, fragment).map(([n, f]) => ({ $ref: `${n}${f}` })),
    );
    const document = fc.record({ p: part, q: part }).map((properties) => ({
      properties: { ...properties, anchored: { $anchor: 'anchor', type: 'object' } },
    }));
    const data = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(1, 'a', null),
        fc.dictionary(fc.constantFrom('p', 'q'), tie('any'), { maxKeys: 2 }),
      ),
    })).any;
    let judged = 0;
    fc.assert(
      fc.property(document, document, document, document, data, (root, a, b, c, value) => {
        const references = { 'a.json': a, 'b.json': { $id: 'https://b.example/b', ...b }, 'urn:x:c': c };
        const schema = { $schema: D2020, ...root };
        fc.pre(lint(schema, references).length === 0);
        judged += 1;
        const [source, bundled, flat] = verdicts(schema, references, value);
        expect(bundled).toEqual(source);
        expect(flat).toEqual(source);
      }),
      { numRuns: 60 },
    );
    expect(judged).toBeGreaterThan(20);
  });
});
