import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCompatibility, COMPATIBILITY_LEVELS, isBackward } from './check.js';

const name = fc.constantFrom('a', 'b', 'toString', 'a/b~c');
const limit = fc.nat(3);
const TYPES = ['string', 'integer', 'number', 'object', 'array', 'boolean', 'null'];
const type = fc.oneof(fc.constantFrom(...TYPES), fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 }));

/** Schemas of a few of the words that the drafts share, with references and recursion. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const child = tie('schema');
  const list = fc.array(child, { minLength: 1, maxLength: 3 });
  const words: [keyword: string, value: fc.Arbitrary<unknown>][] = [
    ['type', type],
    ['title', fc.constantFrom('x', 'y')],
    ['default', fc.constantFrom(null, 'x')],
    ['maxLength', limit],
    ['pattern', fc.constantFrom('a', '^b')],
    ['format', fc.constantFrom('date', 'uuid')],
    ['minimum', limit],
    ['exclusiveMaximum', limit],
    ['multipleOf', fc.constantFrom(1, 2, 0.5)],
    ['required', fc.uniqueArray(name, { maxLength: 3 })],
    ['maxProperties', limit],
    ['minItems', limit],
    ['enum', fc.uniqueArray(fc.constantFrom('a', 1, null), { minLength: 1 })],
    ['const', fc.constantFrom('a', 1, null)],
    ['$ref', fc.constantFrom('#', '#/definitions/x', '#/definitions/y', '#/none')],
    ['properties', fc.dictionary(name, child, { maxKeys: 3 })],
    ['properties', fc.dictionary(name, child, { maxKeys: 3 })],
    ['patternProperties', fc.dictionary(fc.constantFrom('^a', 'b'), child, { maxKeys: 2 })],
    ['additionalProperties', child],
    ['unevaluatedProperties', child],
    ['items', child],
    ['contains', child],
    ['not', child],
    ['allOf', list],
    ['anyOf', list],
    ['oneOf', list],
    ['if', child],
  ];
  const word = fc.oneof(...words.map(([keyword, value]) => value.map((found) => [keyword, found] as const)));
  const some = fc.array(word, { maxLength: 3, size: 'max' }).map((chosen) => Object.fromEntries(chosen));
  return { schema: fc.oneof({ maxDepth: 4 }, fc.boolean(), some, some, some) };
});

const $schema = fc.constantFrom(
  'http://json-schema.org/draft-06/schema#',
  'http://json-schema.org/draft-07/schema#',
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
);
const document = fc
  .tuple($schema, schema, schema, schema)
  .map(([uri, root, x, y]) => ({ $schema: uri, ...(root as object), definitions: { x, y } }))
  .map((value) => ({ text: JSON.stringify(value) }));
const policy = fc.constantFrom('STRICT' as const, 'LENIENT' as const);
const level = fc.constantFrom(...COMPATIBILITY_LEVELS);

describe('the verdict', () => {
  it('allows a schema to follow itself, under every level and policy', () => {
    fc.assert(
      fc.property(document, level, policy, (candidate, of, by) => {
        const previous = [candidate, { text: JSON.stringify(JSON.parse(candidate.text), null, 1) }];
        expect(checkCompatibility({ candidate, previous, level: of, policy: by }).messages).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(document, document, policy, (one, two, by) => {
        expect(isBackward(turned(one), two, by)).toEqual(isBackward(one, two, by));
        expect(isBackward(two, turned(one), by).compatible).toEqual(isBackward(two, one, by).compatible);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same both ways for FULL, and FULL is BACKWARD and FORWARD', () => {
    fc.assert(
      fc.property(document, document, policy, (one, two, by) => {
        const verdict = (of: 'FULL' | 'BACKWARD' | 'FORWARD', candidate = one, previous = [two]): boolean =>
          checkCompatibility({ candidate, previous, level: of, policy: by }).compatible;
        expect(verdict('FULL')).toBe(verdict('FULL', two, [one]));
        expect(verdict('FULL')).toBe(verdict('BACKWARD') && verdict('FORWARD'));
        expect(verdict('FORWARD')).toBe(verdict('BACKWARD', two, [one]));
      }),
      { numRuns: 300 },
    );
  });

  it('allows by LENIENT what it allows by STRICT', () => {
    fc.assert(
      fc.property(document, document, (candidate, original) => {
        const [strict, lenient] = [
          isBackward(candidate, original, 'STRICT'),
          isBackward(candidate, original, 'LENIENT'),
        ];
        if (strict.compatible) expect(lenient.compatible).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('has a message for each difference, and none without', () => {
    fc.assert(
      fc.property(document, document, level, policy, (candidate, original, of, by) => {
        const { compatible, messages, differences } = checkCompatibility({
          candidate,
          previous: [original],
          level: of,
          policy: by,
        });
        expect(compatible).toBe(differences.length === 0);
        expect(messages.filter((message) => message.startsWith('{errorType:')).length).toBe(
          differences.length,
        );
        expect(messages.length > 0).toBe(!compatible);
      }),
      { numRuns: 300 },
    );
  });

  it('comes for any JSON at all', () => {
    const any = fc.json({ maxDepth: 6 }).map((text) => ({ text }));
    fc.assert(
      fc.property(any, document, policy, (one, two, by) => {
        isBackward(one, two, by);
        isBackward(two, one, by);
        expect(isBackward(one, one, by).compatible).toBe(true);
      }),
    );
  });
});

function turned(source: { text: string }): { text: string } {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, turn(member)]),
    );
  };
  return { text: JSON.stringify(turn(JSON.parse(source.text))) };
}
