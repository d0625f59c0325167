import { describe, expect, it } from 'vitest';
import { textOf } from './pairs.spec-fixture.js';
import { semanticVerdict } from './verdict.js';

type Pair = [string, object, object];

const many = (count: number, item: (index: number) => unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, item(index)]));

/** Each level doubles the branches of the one below. */
function doubling(levels: number, leaf: object): object {
  const $defs: Record<string, object> = { l0: leaf };
  for (let level = 1; level <= levels; level += 1) {
    const below = { $ref: `#/$defs/l${level - 1}` };
    $defs[`l${level}`] = {
      anyOf: [{ allOf: [below, { minLength: 1 }] }, { allOf: [below, { minLength: 2 }] }],
    };
  }
  return { $ref: `#/$defs/l${levels}`, $defs };
}

const endless = (more: object): object => ({
  $ref: '#/$defs/a',
  $defs: {
    a: { type: 'object', required: ['p0'], properties: many(10, () => ({ $ref: '#/$defs/a' })), ...more },
  },
});
const conditions = (length: number): object => ({
  allOf: Array.from({ length: 90 }, (_, index) => ({
    if: { properties: { [`a${index}`]: { const: 1 } } },
    then: { required: [`b${index}`] },
    else: { properties: { c: { maxLength: length + index } } },
  })),
});
const patterns = (maxLength: number): object => ({
  patternProperties: Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`^a{${index % 50}}(?:b|c)*x${index}$`, { maxLength }]),
  ),
});

const HOSTILE: Pair[] = [
  ['branches that double at each level', doubling(25, { maxLength: 3 }), doubling(25, { maxLength: 2 })],
  ['branches that double, widened', doubling(25, { maxLength: 3 }), doubling(25, { maxLength: 4 })],
  ['required recursion', endless({ minProperties: 1 }), endless({ maxProperties: 3 })],
  ['many conditions', conditions(5), conditions(4)],
  ['many patterns of names', patterns(5), patterns(4)],
  ['lengths beyond reason', { type: 'string', minLength: 1e9 }, { type: 'string', minLength: 1e9 + 1 }],
  ['items beyond reason', { type: 'array', minItems: 1e9 }, { type: 'array', minItems: 1e9 + 1 }],
  ['a repeat beyond reason', { pattern: '^(?:a{1000}){1000}$' }, { pattern: '^(?:a{1000}){999}$' }],
  [
    'members called like inherited ones',
    { properties: { constructor: { type: 'string' }, toString: {} } },
    { properties: { constructor: { type: 'number' }, valueOf: false } },
  ],
];

describe('hostile schemas', () => {
  it.each(HOSTILE)('%s: a verdict within the steps', (_, older, newer) => {
    let looks = 0;
    const steps = 40_000;
    const { verdict, reasons } = semanticVerdict({
      candidate: { text: textOf(newer) },
      previous: [{ text: textOf(older), version: 1 }],
      level: 'FULL',
      limits: { steps, instances: 2_000, milliseconds: 1, now: () => ((looks += 1), 0) },
    });
    expect(['undecided', 'incompatible', 'compatible']).toContain(verdict);
    expect(reasons.length).toBeLessThanOrEqual(20);
    // The clock is looked at every 256 steps: that many looks are all the steps there were.
    expect(looks).toBeLessThanOrEqual(steps / 256 + 5);
  });

  it('ends at the deadline, with what was found until then', () => {
    const older = { properties: many(200, () => ({ type: 'string' })) };
    const newer = { properties: many(200, () => ({ type: 'integer' })) };
    let time = 0;
    const now = (): number => (time += 10);
    const { verdict, reasons } = semanticVerdict({
      candidate: { text: textOf(newer) },
      previous: [{ text: textOf(older), version: 1 }],
      level: 'BACKWARD',
      limits: { milliseconds: 300, now },
    });
    expect(time).toBeLessThan(400);
    expect(verdict).toBe(reasons.length > 0 ? 'incompatible' : 'undecided');
  });

  it.each([
    ['no JSON', '{'],
    ['no schema', '7'],
    ['an unknown dialect', '{"$schema":"https://example.org/x"}'],
    ['what the linter refuses', '{"pattern":"(?=a)"}'],
    ['a reference into the unknown', '{"$ref":"https://example.org/x"}'],
    ['what only the compiler refuses', '{"type":"string","minLength":-1}'],
  ])('%s is undecided, on either side', (_, text) => {
    const good = { text: '{"type":"string"}' };
    for (const [candidate, previous] of [
      [good, { text }],
      [{ text }, good],
    ] as const) {
      const question = { candidate, previous: [{ ...previous, version: 1 }], level: 'FULL' as const };
      expect(semanticVerdict(question)).toEqual({ verdict: 'undecided', reasons: [] });
    }
  });

  it('tells at most 20 reasons, each once', () => {
    const { reasons } = semanticVerdict({
      candidate: { text: textOf({ properties: many(60, () => ({ type: 'integer' })) }) },
      previous: [1, 2, 3].map((version) => ({
        text: textOf({ properties: many(60, () => ({ type: 'string' })) }),
        version,
      })),
      level: 'BACKWARD_TRANSITIVE',
      limits: { now: () => 0 },
    });
    expect(new Set(reasons.map(({ pointer }) => pointer)).size).toBe(20);
    expect(reasons).toHaveLength(20);
  });
});
