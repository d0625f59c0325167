import { describe, expect, it } from 'vitest';
import { Budget } from '../budget.js';
import { isBackward } from './check.js';
import { Comparison } from './comparison.js';
import { ALLOWED_DIFFERENCES, DIFFERENCE_TYPES, type DifferenceType } from './difference.js';
import { ALL_DRAFTS, DRAFT_07, DRAFT_2020, type Schema } from './differences.spec-fixture.js';
import { loadModel } from './load.js';
import { Interner } from './model.js';

function allDifferences(original: Schema, update: Schema): string[] {
  const [interner, budget] = [new Interner(), new Budget()];
  const load = (schema: Schema) => loadModel({ text: JSON.stringify(schema) }, interner, budget);
  return new Comparison(load(original), load(update), ALLOWED_DIFFERENCES.STRICT, budget)
    .run()
    .map(({ type, path }) => `${type} #/${path}`);
}

const inDraft = (uri: string, schema: Schema): Schema =>
  typeof schema === 'boolean' ? schema : { $schema: uri, ...schema };

describe.each([
  ['draft-06', 'http://json-schema.org/draft-06/schema#', [...ALL_DRAFTS, ...DRAFT_07]],
  ['draft-07', 'http://json-schema.org/draft-07/schema#', [...ALL_DRAFTS, ...DRAFT_07]],
  ['2019-09', 'https://json-schema.org/draft/2019-09/schema', [...ALL_DRAFTS, ...DRAFT_2020]],
  ['2020-12', 'https://json-schema.org/draft/2020-12/schema', [...ALL_DRAFTS, ...DRAFT_2020]],
])('differences in %s', (_, uri, cases) => {
  it.each(cases)('%s at %j', (type, path, original, update) => {
    const [before, after] = [inDraft(uri, original), inDraft(uri, update)];
    expect(allDifferences(before, after)).toContain(`${type} #/${path}`);
    for (const policy of ['STRICT', 'LENIENT'] as const) {
      const { differences } = isBackward(
        { text: JSON.stringify(after) },
        { text: JSON.stringify(before) },
        policy,
      );
      const told = differences.some(
        (difference) => difference.type === type && difference.path === `#/${path}`,
      );
      expect(told).toBe(!ALLOWED_DIFFERENCES[policy].has(type));
    }
  });
});

describe('differences in draft-04', () => {
  const uri = 'http://json-schema.org/draft-04/schema#';
  const cases = ALL_DRAFTS.filter(([, path]) => !/exclusive|const|contains/i.test(path));
  it.each(cases)('%s at %j', (type, path, original, update) => {
    expect(allDifferences(inDraft(uri, original), inDraft(uri, update))).toContain(`${type} #/${path}`);
  });

  it('does not look at the boolean exclusiveMaximum, which is no limit of its own', () => {
    const of = (exclusiveMaximum: boolean): Schema => ({
      $schema: uri,
      type: 'number',
      maximum: 5,
      exclusiveMaximum,
    });
    expect(allDifferences(of(false), of(true))).toEqual([]);
  });
});

describe('the table of differences', () => {
  it('has a case for every type but the bound, which has a spec of its own', () => {
    const covered = new Set<DifferenceType>(
      [...ALL_DRAFTS, ...DRAFT_07, ...DRAFT_2020].map(([type]) => type),
    );
    expect(DIFFERENCE_TYPES.filter((type) => !covered.has(type))).toEqual(['COMPARISON_TOO_COSTLY']);
  });
});
