import { describe, expect, it } from 'vitest';
import { isBackward } from './check.js';
import type { CompatibilityPolicy } from './difference.js';

const DRAFTS = ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'];
const MODELS = {
  open: {},
  closed: { additionalProperties: false },
  covering: { additionalProperties: { type: ['string', 'null'] } },
  'not covering': { additionalProperties: { type: 'number' } },
  'covering by pattern': {
    additionalProperties: false,
    patternProperties: { '^n': { type: 'number' }, '^b': {} },
  },
};
type Model = keyof typeof MODELS;
const KINDS = ['optional', 'with default', 'required'] as const;

/** STRICT and LENIENT; in a row the three kinds of property: optional, required with a default, required. */
const ADDED: Record<Model, Record<CompatibilityPolicy, [boolean, boolean, boolean]>> = {
  open: { STRICT: [false, false, false], LENIENT: [true, true, false] },
  closed: { STRICT: [true, true, false], LENIENT: [true, true, false] },
  covering: { STRICT: [false, false, false], LENIENT: [false, false, false] },
  'not covering': { STRICT: [false, false, false], LENIENT: [false, false, false] },
  'covering by pattern': { STRICT: [false, false, false], LENIENT: [false, false, false] },
};
const REMOVED: Record<Model, Record<CompatibilityPolicy, boolean>> = {
  open: { STRICT: true, LENIENT: true },
  closed: { STRICT: false, LENIENT: true },
  covering: { STRICT: true, LENIENT: true },
  'not covering': { STRICT: false, LENIENT: false },
  'covering by pattern': { STRICT: true, LENIENT: true },
};

function schema(
  $schema: string,
  model: Model,
  kind: (typeof KINDS)[number] | 'absent',
  type: unknown = 'string',
): string {
  const b = { type, ...(kind === 'with default' && { default: '' }) };
  return JSON.stringify({
    $schema,
    type: 'object',
    properties: { a: { type: 'string' }, ...(kind !== 'absent' && { b }) },
    ...(kind !== 'absent' && kind !== 'optional' && { required: ['b'] }),
    ...MODELS[model],
  });
}

const CASES = DRAFTS.flatMap(($schema) =>
  (Object.keys(MODELS) as Model[]).flatMap((model) =>
    (['STRICT', 'LENIENT'] as const).flatMap((policy) =>
      KINDS.map((kind) => [$schema, model, policy, kind] as const),
    ),
  ),
);

describe('a property of a content model', () => {
  it.each(CASES)('added: %s %s %s %s', ($schema, model, policy, kind) => {
    const [candidate, original] = [schema($schema, model, kind), schema($schema, model, 'absent')];
    expect(isBackward({ text: candidate }, { text: original }, policy).compatible).toBe(
      ADDED[model][policy][KINDS.indexOf(kind)],
    );
  });

  it.each(CASES)('removed: %s %s %s %s', ($schema, model, policy, kind) => {
    const [candidate, original] = [schema($schema, model, 'absent'), schema($schema, model, kind)];
    expect(isBackward({ text: candidate }, { text: original }, policy).compatible).toBe(
      REMOVED[model][policy],
    );
  });

  it.each(DRAFTS)('comes to a partially open one if it takes all that matched before (%s)', ($schema) => {
    const added = (type: unknown): boolean =>
      isBackward(
        { text: schema($schema, 'covering', 'optional', type) },
        { text: schema($schema, 'covering', 'absent') },
        'STRICT',
      ).compatible;
    expect(added(['string', 'null'])).toBe(true);
    expect(added(['string', 'null', 'number'])).toBe(true);
  });

  it('is looked up by the first pattern that matches, and in no pattern that RE2 refuses', () => {
    const covers = (pattern: string, type: string): boolean => {
      const original = {
        patternProperties: { [pattern]: { type: 'string' }, '^B$': {} },
        additionalProperties: false,
      };
      const candidate = { ...original, properties: { b: { type } } };
      return isBackward({ text: JSON.stringify(candidate) }, { text: JSON.stringify(original) }, 'STRICT')
        .compatible;
    };
    expect(covers('b', 'string')).toBe(true);
    expect(covers('b', 'number')).toBe(false);
    // Not matched by any pattern, the name was never taken: it may come with any type.
    expect(covers('c', 'number')).toBe(true);
    expect(covers('(?=b)', 'number')).toBe(true);
    expect(covers(`b|${'x'.repeat(600)}`, 'number')).toBe(true);
  });
});
