import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processorTime } from '#testing';
import { readContractTexts } from '../contract-texts.js';
import { lintContractFile, lintContractSchema } from './lint-contract.js';
import { HOUSE_RULES } from './rules.js';

const root = join(import.meta.dirname, '../../../..');
const labels = { fr: 'Nom', ar: 'الاسم', en: 'Name' };
const named = (rest: object) => ({ title: 'Name', 'x-titles': labels, ...rest });
const text = named({ type: 'string', maxLength: 10 });

function schemaOf(properties: object, rest: object = {}) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:wasl:contract:demo.thing:v1',
    ...named({ description: 'A thing.', type: 'object', additionalProperties: false, properties, ...rest }),
  };
}

const found = (schema: unknown) =>
  lintContractSchema(JSON.stringify(schema)).map(({ rule, pointer }) => `${rule} ${pointer}`);

it('passes the contracts of the national release', () => {
  const findings = readContractTexts(join(root, 'schemas')).flatMap((contract) => lintContractFile(contract));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('documents every rule', () => {
  const documented = readFileSync(join(root, 'docs/contract-rules.md'), 'utf8').matchAll(/^### (\S+)$/gm);
  expect([...documented].map(([, rule]) => rule).sort()).toEqual(Object.keys(HOUSE_RULES).sort());
});

describe('schema rules', () => {
  it('finds nothing in a contract that keeps them', () => {
    expect(found(schemaOf({ name: text }, { required: ['name'] }))).toEqual([]);
  });

  const p = '/properties/x';
  it.each<[string, object, string[]]>([
    ['no title', { 'x-titles': labels, type: 'boolean' }, [`title ${p}`]],
    ['no labels', { title: 'X', type: 'boolean' }, [`labels ${p}`]],
    [
      'a label missing and one in another script',
      { title: 'X', 'x-titles': { fr: 'Nom', ar: 'Nom' }, type: 'boolean' },
      [`labels ${p}/x-titles`, `labels ${p}/x-titles/ar`],
    ],
    ['an unbounded text', named({ type: 'string' }), [`bounded-string ${p}`]],
    ['no type at all', named({ description: 'anything' }), [`type ${p}`]],
    ['an unbounded array', named({ type: 'array', items: text }), [`bounded-array ${p}`]],
    [
      'unbounded items',
      named({ type: 'array', maxItems: 2, items: { type: 'string' } }),
      [`bounded-string ${p}/items`],
    ],
    ['an open object', named({ type: 'object', properties: {} }), [`closed-object ${p}`]],
    ['a number without a maximum', named({ type: 'integer', minimum: 0 }), [`bounded-number ${p}`]],
    [
      'an unknown format',
      named({ type: 'string', maxLength: 9, format: 'uri' }),
      [`known-format ${p}/format`],
    ],
    ['a remote reference', named({ $ref: 'https://example.org/x.json' }), [`reference ${p}/$ref`]],
    ['a reference into a property', named({ $ref: '#/properties/x/y', y: text }), [`reference ${p}/$ref`]],
    [
      'a misspelt requirement',
      named({ type: 'object', additionalProperties: false, required: ['nmae'], properties: { name: text } }),
      [`required-exists ${p}/required/0`],
    ],
  ])('%s', (_what, property, expected) => expect(found(schemaOf({ x: property }))).toEqual(expected));

  it.each<[string, object, string[]]>([
    ['snake_case', { first_name: text }, ['camel-case /properties/first_name']],
    [
      'money as a float',
      { taxAmount: named({ type: 'number', minimum: 0, maximum: 9 }) },
      ['money /properties/taxAmount/type'],
    ],
    ['a date as text', { issuedOn: text }, ['date-format /properties/issuedOn']],
    ['no date', { on: text, dated: text, format: text }, []],
  ])('names: %s', (_what, properties, expected) => expect(found(schemaOf(properties))).toEqual(expected));

  it.each<[string, object, string[]]>([
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, ['dialect /$schema']],
    ['another $id', { $id: 'https://example.org/thing' }, ['id /$id']],
    ['no description', { description: ' ' }, ['description ']],
    ['a dangling reference', { allOf: [{ $ref: '#/$defs/Gone' }] }, ['safety /allOf/0/$ref']],
    ['a reference to a contract', { allOf: [{ $ref: 'urn:wasl:contract:common.subject:v1' }] }, []],
  ])('document: %s', (_what, rest, expected) => expect(found(schemaOf({ x: text }, rest))).toEqual(expected));

  it('does not ask branches that only narrow a property to declare it again', () => {
    const narrowed = {
      if: { properties: { x: { const: 'a' } } },
      then: { properties: { x: { pattern: '^a' } } },
    };
    expect(found(schemaOf({ x: text }, { allOf: [narrowed] }))).toEqual([]);
    expect(
      found(schemaOf({ x: text }, { then: { properties: { y: { pattern: '^a' } } }, if: true })),
    ).toContain('labels /then/properties/y');
  });

  it('takes names required by a branch from the whole schema', () => {
    expect(
      found(schemaOf({ x: text, y: text }, { anyOf: [{ required: ['x'] }, { required: ['y'] }] })),
    ).toEqual([]);
    expect(found(schemaOf({ x: text }, { oneOf: [{ required: ['z'] }] }))).toEqual([
      'required-exists /oneOf/0/required/0',
    ]);
  });

  it('judges what is in $defs where it stands', () => {
    const schema = schemaOf(
      { x: named({ $ref: '#/$defs/Text' }) },
      { $defs: { Text: named({ type: 'string' }) } },
    );
    expect(found(schema)).toEqual(['bounded-string /$defs/Text']);
  });

  it('gives line, column, severity and hint', () => {
    const [finding] = lintContractSchema(
      JSON.stringify(schemaOf({ x: named({ type: 'string' }) }), null, 2),
      'a.json',
    );
    expect(finding).toMatchObject({ file: 'a.json', line: 14, column: 5, severity: 'error' });
    expect(finding?.hint).toContain('maxLength');
  });
});

describe('hostile input', () => {
  it.each([
    ['', 'json'],
    ['{"a":1,"a":2}', 'json'],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'json'],
    ['true', 'type'],
    [`"${'x'.repeat(300_000)}"`, 'safety'],
    ['{"$schema":"https://example.org/other"}', 'safety'],
  ])('%.20s', (schema, rule) =>
    expect(lintContractSchema(schema).map((finding) => finding.rule)).toContain(rule),
  );

  it('a chain of references, each of which requires a name, is followed so far and no further', () => {
    const chain = (length: number) => {
      const definitions = Array.from({ length }, (_, n) => [
        `d${n}`,
        { required: ['x'], ...(n + 1 < length && { $ref: `#/$defs/d${n + 1}` }) },
      ]);
      const $schema = 'https://json-schema.org/draft/2020-12/schema';
      const findings = lintContractSchema(
        JSON.stringify({ $schema, $defs: Object.fromEntries(definitions) as object }),
      );
      return findings.filter(({ rule }) => rule === 'required-exists').length;
    };
    expect(chain(100)).toBe(100);
    expect(chain(900)).toBeLessThan(500);
  });

  it('never throws, and is deterministic', () => {
    const keyword = fc.constantFrom(
      'properties',
      '$defs',
      'required',
      'anyOf',
      'items',
      '$ref',
      'type',
      'x-titles',
      'then',
      'enum',
      'pattern',
      '$id',
      '__proto__',
      'constructor',
    );
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom('#', '#/$defs/a', '#/properties'),
        fc.array(tie('schema'), { maxLength: 3 }),
        fc.dictionary(keyword, tie('schema'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(schema, fc.string(), (value, yaml) => {
        const schemaText = JSON.stringify(value);
        const texts = {
          schema: { file: 's', text: schemaText },
          contract: { file: 'c', text: yaml },
          examples: { valid: [{ file: 'v', text: schemaText }], invalid: [{ file: 'i', text: schemaText }] },
        };
        expect(lintContractFile(texts)).toEqual(lintContractFile(texts));
      }),
    );
  });

  it('does not multiply what references fan out to', () => {
    const $defs: Record<string, object> = { T0: named({ type: 'boolean' }) };
    for (let level = 1; level <= 20; level += 1) {
      const $ref = `#/$defs/T${level - 1}`;
      const properties = { a: named({ $ref }), b: named({ $ref }) };
      $defs[`T${level}`] = named({ type: 'object', additionalProperties: false, properties });
    }
    const schema = {
      file: 's',
      text: JSON.stringify(schemaOf({ x: named({ $ref: '#/$defs/T20' }) }, { $defs })),
    };
    const contract = { file: 'c', text: 'classification: P0' };
    const examples = { valid: [], invalid: [] };
    expect(processorTime(() => lintContractFile({ schema, contract, examples }))).toBeLessThan(5_000);
  });
});
