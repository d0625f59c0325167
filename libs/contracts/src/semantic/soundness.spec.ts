import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledContract } from '../compiled-contract.js';
import { semanticVerdict } from './verdict.js';

const LIMITS = { instances: 400, steps: 60_000, milliseconds: 1e9, now: () => 0 };

const scalar = fc.constantFrom<unknown>(
  0,
  1,
  2,
  3,
  -1,
  0.5,
  4,
  6,
  '',
  'a',
  'b',
  'aa',
  'ab',
  'x-a',
  true,
  false,
  null,
);
const name = fc.constantFrom('a', 'b', 'c', 'x-a', 'x-bb');
const pattern = fc.constantFrom('^a', 'b$', '^x-', '^[ab]{1,2}$', '^a+$', '^[a-c]*$', '^(?:a|ab)$');
const small = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean');

/** Small schemas over few names and values, so that pairs of them are often related. */
const { schema } = fc.letrec<{ schema: unknown; node: unknown }>((tie) => ({
  schema: fc.oneof({ depthSize: 'small', maxDepth: 3 }, fc.constantFrom(true, true, {}, false), tie('node')),
  node: fc
    .tuple(
      fc.oneof(
        fc.record({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })) }),
        fc.constant({}),
      ),
      fc.oneof(
        fc.record({ minimum: small, exclusiveMaximum: small }, { requiredKeys: [] }),
        fc.record({ maximum: small, multipleOf: fc.constantFrom(1, 2, 0.5, 4) }, { requiredKeys: [] }),
        fc.record({ minLength: small, maxLength: small, pattern }, { requiredKeys: [] }),
        fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }) }),
        fc.record({ const: scalar }),
        fc.record(
          {
            properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }),
            required: fc.uniqueArray(name, { maxLength: 2 }),
            additionalProperties: tie('schema'),
            patternProperties: fc.dictionary(pattern, tie('schema'), { maxKeys: 2 }),
          },
          { requiredKeys: ['properties'] },
        ),
        fc.record(
          {
            propertyNames: tie('schema'),
            minProperties: small,
            maxProperties: small,
            dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 1 }),
            dependentSchemas: fc.dictionary(name, tie('schema'), { maxKeys: 1 }),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            items: tie('schema'),
            prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
            minItems: small,
            maxItems: small,
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            contains: tie('schema'),
            minContains: small,
            maxContains: small,
            unevaluatedItems: tie('schema'),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
            unevaluatedProperties: tie('schema'),
          },
          { requiredKeys: ['allOf'] },
        ),
        fc.record(
          {
            anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
            unevaluatedProperties: tie('schema'),
          },
          { requiredKeys: ['anyOf'] },
        ),
        fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ if: tie('schema'), then: tie('schema'), else: tie('schema') }, { requiredKeys: ['if'] }),
        fc.record({ not: tie('schema') }),
        fc.constant({ $ref: '#/$defs/shared' }),
      ),
    )
    .map(([one, other]) => ({ ...one, ...other })),
}));

const document = fc.tuple(schema, schema).map(([root, shared]) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...(typeof root === 'boolean' ? (root ? {} : { not: {} }) : (root as object)),
  $defs: { shared },
}));

/** A related schema: some part of the first replaced by another. */
const pair = fc.oneof(
  fc.tuple(document, document),
  fc.tuple(document, schema, fc.nat(), fc.boolean()).map(([first, part, at, swap]): [unknown, unknown] => {
    const second = replaced(first, part, at);
    return swap ? [second, first] : [first, second];
  }),
);

function replaced(document: unknown, part: unknown, at: number): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  const slots: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === '$schema' || key === '$ref' || key === '$defs') {
        if (key === '$defs') visit(value);
        continue;
      }
      const isSchema =
        typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
      if (isSchema && !/^(?:properties|patternProperties|dependent.*)$/.test(key) && key !== 'const')
        slots.push([node as Record<string, unknown>, key]);
      else if (typeof value === 'number' && key !== 'multipleOf')
        slots.push([node as Record<string, unknown>, key]);
      if (key !== 'enum' && key !== 'const') visit(value);
    }
  };
  visit(copy);
  const slot = slots[at % Math.max(1, slots.length)];
  if (!slot) return copy;
  slot[0][slot[1]] = typeof slot[0][slot[1]] === 'number' ? at % 4 : part;
  return copy;
}

const { instance } = fc.letrec<{ instance: unknown }>((tie) => ({
  instance: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    scalar,
    fc.dictionary(name, tie('instance'), { maxKeys: 4 }),
    fc.array(tie('instance'), { maxLength: 4 }),
  ),
}));

const isValid = (contract: CompiledContract, data: unknown): boolean => contract.validate(data).length === 0;
const compiled = (value: unknown): CompiledContract | undefined => {
  try {
    return CompiledContract.compile(JSON.stringify(value));
  } catch {
    return undefined;
  }
};

describe('semanticVerdict on schemas by chance', () => {
  it('is never contradicted: examples are true, and no instance breaks what is called compatible', () => {
    fc.assert(
      fc.property(pair, fc.noShrink(fc.nat()), ([older, newer], seed) => {
        const [old, candidate] = [compiled(older), compiled(newer)];
        fc.pre(old !== undefined && candidate !== undefined);
        const { verdict, reasons } = semanticVerdict({
          candidate: { text: JSON.stringify(newer) },
          previous: [{ text: JSON.stringify(older), version: 1 }],
          level: 'BACKWARD',
          limits: LIMITS,
        });
        for (const { example } of reasons) {
          expect({ example, old: isValid(old, example), new: isValid(candidate, example) }).toEqual({
            example,
            old: true,
            new: false,
          });
        }
        if (verdict === 'incompatible') expect(reasons.length).toBeGreaterThan(0);
        if (verdict === 'compatible') {
          const instances = fc.sample(instance, { seed, numRuns: 100 });
          const broken = instances.find((data) => isValid(old, data) && !isValid(candidate, data));
          expect(broken).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  }, 120_000);

  it('a schema is compatible with itself, whatever its order of members and annotations', () => {
    fc.assert(
      fc.property(document, (older) => {
        fc.pre(compiled(older) !== undefined);
        const newer = Object.fromEntries(Object.entries({ ...older, title: 'again' }).reverse());
        const { verdict } = semanticVerdict({
          candidate: { text: JSON.stringify(newer) },
          previous: [{ text: JSON.stringify(older), version: 1 }],
          level: 'FULL',
          limits: LIMITS,
        });
        expect(verdict).toBe('compatible');
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
