import { describe, expect, it, vi } from 'vitest';
import { processorTime } from '#testing';
import { bundleSchema } from './bundle.js';
import { CompiledContract } from './compiled-contract.js';
import { lintSchema } from './lint.js';
import { LINT_LIMITS } from './lint-limits.js';
import { parsePayload } from './payload.js';

// The threats that docs/json-schema.md lists, each with its refusal or its bound.
type Json = Record<string, unknown> | boolean;
const lint = (schema: Json | string) =>
  lintSchema(typeof schema === 'string' ? schema : JSON.stringify(schema)).map(
    ({ pointer, rule }) => `${pointer} ${rule}`,
  );
const compile = (schema: Json) => CompiledContract.compile(JSON.stringify(schema));
const rules = (schema: Json, data: unknown) =>
  compile(schema)
    .validate(data)
    .map(({ pointer, rule }) => `${pointer} ${rule}`);
const many = <T>(count: number, item: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => item(n));
const nested = (depth: number) => '{"not":'.repeat(depth) + '{}' + '}'.repeat(depth);

function within(milliseconds: number, run: () => void): void {
  expect(processorTime(run)).toBeLessThan(milliseconds);
}

describe('a hostile schema', () => {
  it.each<[string, Json | string, string]>([
    ['100,000 enum values', { enum: many(20_000, (n) => n) }, '/enum enum'],
    ['100,000 enum values, larger than any text', { enum: many(100_000, (n) => n) }, ' size'],
    ['3,000 branches', { oneOf: many(3_000, (n) => ({ const: n })) }, '/oneOf branches'],
    ['depth 600', nested(600), ' json'],
    [
      '3,000 properties',
      { properties: Object.fromEntries(many(3_000, (n) => [`p${n}`, {}])) },
      '/properties properties',
    ],
    ['a reference to itself', { $ref: '#' }, '/$ref $ref'],
    ['a reference to itself through allOf', { allOf: [{ $ref: '#' }] }, '/allOf/0/$ref $ref'],
    ['a reference to itself through if', { if: { not: { $ref: '#' } } }, '/if/not/$ref $ref'],
    [
      'a reference to itself through dependencies',
      { dependencies: { a: { $ref: '#' } } },
      '/dependencies/a/$ref $ref',
    ],
    ['__proto__', '{"properties":{"__proto__":{"type":"string"}}}', ' json'],
    ['$data', { properties: { a: { pattern: { $data: '1/b' } } } }, '/properties/a/pattern $data'],
    ['$async', { $async: true }, '/$async $async'],
    ['an http reference', { $ref: 'http://169.254.169.254/latest/meta-data' }, '/$ref $ref'],
    ['a file reference', { $ref: 'file:///etc/passwd' }, '/$ref $ref'],
    ['one $id twice', { $defs: { a: { $id: 'urn:x:a' }, b: { $id: 'urn:x:a' } } }, '/$defs/b/$id $id'],
    [
      'one anchor twice',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $defs: { a: { $anchor: 'a' }, b: { $anchor: 'a' } },
      },
      '/$defs/b/$anchor $ref',
    ],
    ['uniqueItems on objects', { uniqueItems: true, items: { type: 'object' } }, '/uniqueItems uniqueItems'],
    ['a look-behind', { pattern: '(?<=a)b' }, '/pattern pattern'],
    ['a back-reference', { pattern: '(a+)\\1' }, '/pattern pattern'],
    ['a number beyond all doubles', '{"maximum":1e999}', '/maximum number'],
    ['a dialect of its own', { $schema: 'https://a.example/dialect' }, '/$schema $schema'],
  ])('is refused quickly: %s', (_name, schema, expected) => {
    within(500, () => expect(lint(schema)).toContain(expected));
  });

  it('is refused when it grows through its references', () => {
    const references = new Map(
      many(60, (n) => [`r${n}`, JSON.stringify({ title: String(n).repeat(10_000) })]),
    );
    const text = '{"items":{"$ref":"r0"}}';
    within(500, () => expect(lintSchema(text, LINT_LIMITS, references)[0]?.rule).toBe('size'));
    const wide = new Map(
      many(60, (n) => [`r${n}`, JSON.stringify({ anyOf: many(90, (m) => ({ const: n * 100 + m })) })]),
    );
    const all = JSON.stringify({ allOf: many(60, (n) => ({ $ref: `r${n}` })) });
    within(500, () => expect(lintSchema(all, LINT_LIMITS, wide)[0]?.rule).toBe('nodes'));
  });

  it('with long names is refused before its places are kept by pointer', () => {
    const long = 'k'.repeat(180_000);
    const empty = (count: number) => Object.fromEntries(many(count, (n) => [`p${n}`, {}]));
    const [tooLong] = lintSchema(JSON.stringify({ properties: { [long]: { properties: empty(990) } } }));
    expect(tooLong).toMatchObject({ rule: 'name', message: 'a name longer than 1000 characters' });
    expect(tooLong!.pointer.length).toBeLessThan(100);
    expect(lint({ properties: { ['~'.repeat(1_001)]: true } })[0]).toMatch(/ name$/);
    expect(lint({ properties: { ['~'.repeat(1_000)]: true } })).toEqual([]);
    let nested: Json = { allOf: many(4, () => ({ properties: empty(900) })) };
    for (let depth = 0; depth < 20; depth += 1) nested = { properties: { ['k'.repeat(1_000)]: nested } };
    expect(lint(nested)).toEqual([' name']);
  });

  it('with long URIs is refused', () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    const anchors = Object.fromEntries(many(900, (n) => [`p${n}`, { $anchor: `a${n}` }]));
    expect(lint({ $schema, $id: `urn:x:${'i'.repeat(2_000)}`, $defs: anchors })).toEqual(['/$id $id']);
    let nested: Json = { $defs: anchors };
    for (let depth = 0; depth < 20; depth += 1)
      nested = { $id: `${String(depth).repeat(100)}/`, $defs: { a: nested } };
    expect(lint({ $schema, $id: 'https://x.example/', $defs: { a: nested } })).toContain(
      `${'/$defs/a'.repeat(20)}/$id $id`,
    );
  });

  it('whose references are long as pointers is refused', () => {
    const referring = (count: number, length: number): Json => ({
      properties: Object.fromEntries(many(count, (n) => [`p${n}`, { $ref: '#x' }])),
      definitions: { ['é'.repeat(length)]: { $id: '#x', type: 'string' } },
    });
    expect(lint(referring(990, 1_000))).toEqual([' $ref']);
    expect(() => bundleSchema({ text: JSON.stringify(referring(990, 1_000)) }, { flatten: true })).toThrow(
      expect.objectContaining({ code: 'invalid-schema' }),
    );
    expect(lint(referring(990, 100))).toEqual([]);
  });

  it('with a catastrophic pattern is matched in linear time', () => {
    const text = `${'a'.repeat(20_000)}!`;
    for (const pattern of ['^(a|a)*$', '^(a+)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y'])
      within(1_500, () => expect(rules({ pattern }, text)).toEqual([' pattern']));
    within(1_500, () =>
      expect(rules({ patternProperties: { '^(a|a)*$': false } }, { [text]: 1 })).toEqual([]),
    );
  });

  it('does not touch another one with its $id', () => {
    const one = compile({ $id: 'urn:x:same', type: 'string' });
    const other = compile({ $id: 'urn:x:same', type: 'number' });
    expect([one.validate('a'), other.validate(1), one.validate(1).length]).toEqual([[], [], 1]);
  });

  it('and names that objects inherit: only own members count', () => {
    expect(rules({ required: ['toString'] }, {})).toEqual(['/toString required']);
    expect(rules({ properties: { constructor: { type: 'number' }, valueOf: false } }, {})).toEqual([]);
    expect(() => parsePayload(Buffer.from('{"__proto__":{"a":1}}'))).toThrow(
      expect.objectContaining({ code: 'malformed-body' }),
    );
  });

  it('recursive data, however deep, get a verdict', () => {
    let data: unknown = {};
    for (let depth = 0; depth < 20_000; depth += 1) data = { a: data };
    expect(rules({ properties: { a: { $ref: '#' } } }, data)).toEqual([' complexity']);
  });

  it('cannot flood the log or the answer', () => {
    const log = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')];
    const clash = { 'x-a': { $anchor: 'a' }, 'x-b': { $anchor: 'a', type: 'null' } };
    expect(() => compile(clash)).toThrow(expect.objectContaining({ code: 'invalid-schema' }));
    expect(rules({ format: 'unknown', 'x-unknown': 1 }, 'a')).toEqual([]);
    expect(
      rules(
        { items: { type: 'string' } },
        many(100_000, () => 1),
      ),
    ).toEqual(['/0 type']);
    expect(
      rules(
        { items: { type: 'string' } },
        many(1_000, () => 1),
      ),
    ).toHaveLength(20);
    for (const spy of log) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('numbers are judged as people write them', () => {
    expect(rules({ multipleOf: 0.01 }, 19.99)).toEqual([]);
    expect(rules({ multipleOf: 0.01 }, 19.999)).toEqual([' multipleOf']);
  });

  it('keywords and formats that nobody knows are annotations', () => {
    expect(
      rules(
        { 'confluent:tags': ['PII'], 'confluent:rules': [], 'x-label': { fr: 'nom' }, format: 'nin' },
        'a',
      ),
    ).toEqual([]);
  });
});
