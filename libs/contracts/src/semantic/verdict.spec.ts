import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CompiledContract } from '../compiled-contract.js';
import { accepts, change, closed, open, textOf } from './pairs.spec-fixture.js';
import type { CompatibilityLevel } from '../compatibility/check.js';
import { semanticVerdict } from './verdict.js';

const TEXT = { type: 'string' };
const still = { now: () => 0 };

describe('levels', () => {
  const versions = [closed({ a: TEXT, old: TEXT }), closed({ a: TEXT }), closed({ a: TEXT, b: TEXT })];
  const verdict = (level: CompatibilityLevel, candidate: object) =>
    semanticVerdict({
      candidate: { text: textOf(candidate) },
      previous: versions.map((schema, index) => ({ text: textOf(schema), version: index + 1 })),
      level,
      limits: still,
    });

  it.each<[CompatibilityLevel, string[]]>([
    ['NONE', []],
    ['BACKWARD', []],
    ['BACKWARD_TRANSITIVE', ['backward 1 /properties/old']],
    ['FORWARD', ['forward 3 /properties/c']],
    ['FORWARD_TRANSITIVE', ['forward 3 /properties/c', 'forward 2 /properties/b']],
    ['FULL', ['forward 3 /properties/c']],
    ['FULL_TRANSITIVE', ['forward 3 /properties/c', 'forward 2 /properties/b', 'backward 1 /properties/old']],
  ])('%s', (level, told) => {
    const found = verdict(level, closed({ a: TEXT, b: TEXT, c: TEXT }));
    expect(found.reasons.map((one) => `${one.direction} ${one.version} ${one.pointer}`)).toEqual(told);
    expect(found.verdict).toBe(told.length > 0 ? 'incompatible' : 'compatible');
  });

  it('without previous versions everything is compatible', () => {
    const question = { candidate: { text: textOf({}) }, previous: [], level: 'FULL' as const };
    expect(semanticVerdict(question)).toEqual({ verdict: 'compatible', reasons: [] });
  });
});

describe('a real contract', () => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- edits reach anywhere into the schema
  type Schema = { properties: Record<string, unknown>; required: string[]; $defs: any };
  const folder = new URL('../../../../schemas/civil-status/birth/', import.meta.url);
  const seeds = ['full', 'least'].map(
    (name) => JSON.parse(readFileSync(new URL(`examples/valid/${name}.json`, folder), 'utf8')) as unknown,
  );
  /** Self-contained definitions stand in for the common types that the contract may refer to. */
  const NAME = closed(
    { latn: { ...TEXT, pattern: '^[\\p{Script=Latin} -]{1,100}$' } },
    { required: ['latn'] },
  );
  const base = {
    ...closed(
      {
        act: closed(
          { number: { ...TEXT, pattern: '^(?:19|20)[0-9]{2}-[0-9]{1,6}$' } },
          { required: ['number'] },
        ),
        sex: { enum: [0, 1, 2, 9] },
        names: { $ref: '#/$defs/Name' },
        mother: closed({ names: { $ref: '#/$defs/Name' }, subject: { $ref: '#/$defs/Subject' } }),
      },
      { required: ['act', 'sex', 'names'] },
    ),
    $defs: {
      Name: NAME,
      Subject: {
        ...closed(
          { scheme: { enum: ['nin', 'cnie'] }, value: { ...TEXT, maxLength: 64 } },
          { required: ['scheme', 'value'] },
        ),
        allOf: [
          {
            if: { properties: { scheme: { const: 'nin' } }, required: ['scheme'] },
            then: { properties: { value: { pattern: '^[0-9]{18}$' } } },
          },
        ],
      },
    },
  };
  const edited = (edit: (schema: Schema) => void): Schema => {
    const copy = structuredClone(base) as unknown as Schema;
    edit(copy);
    return copy;
  };

  it.each<[string, (schema: Schema) => void, string[]]>([
    ['a property added', (schema) => (schema.properties['weight'] = { type: 'number' }), []],
    [
      'a value removed',
      (schema) => (schema.properties['sex'] = { enum: [0, 1, 2] }),
      ['/properties/sex/enum'],
    ],
    ['a member required', (schema) => schema.required.push('mother'), ['/required']],
    [
      'a narrower name, used in two places',
      (schema) => (schema.$defs['Name'].properties.latn.pattern = '^[A-Za-z -]{1,100}$'),
      ['/$defs/Name/properties/latn/pattern'],
    ],
    [
      'a narrower identifier of one scheme',
      (schema) => (schema.$defs['Subject'].allOf[0].then.properties.value.pattern = '^[1-9][0-9]{17}$'),
      ['/$defs/Subject/allOf/0/then/properties/value/pattern'],
    ],
    [
      'a shorter value, and a scheme removed',
      (schema) => {
        schema.$defs['Subject'].properties.value.maxLength = 20;
        schema.$defs['Subject'].properties.scheme.enum = ['nin'];
      },
      ['/$defs/Subject/properties/scheme/enum', '/$defs/Subject/properties/value/maxLength'],
    ],
    ['a property removed', (schema) => delete schema.properties['mother'], ['/properties/mother']],
  ])('%s', (_, edit, pointers) => {
    const newer = edited(edit);
    const { verdict, reasons } = change(base, newer);
    expect(reasons.map(({ pointer }) => pointer).sort()).toEqual(pointers);
    expect(verdict).toBe(pointers.length > 0 ? 'incompatible' : 'compatible');
    for (const { example } of reasons)
      expect([accepts(base, example), accepts(newer, example)]).toEqual([true, false]);
  });

  it('takes examples of the contract as seeds, and shows them made small', () => {
    const loose = {
      properties: { act: {}, sex: {} },
      additionalProperties: true,
      required: ['act'],
    };
    const strict = { ...loose, properties: { act: {}, sex: { not: { const: 1 } } } };
    const { reasons } = semanticVerdict({
      candidate: { text: JSON.stringify(strict) },
      previous: [{ text: JSON.stringify(loose), version: 4 }],
      level: 'BACKWARD',
      limits: still,
      seeds,
    });
    expect(reasons).toMatchObject([{ version: 4, pointer: '/properties/sex/not' }]);
    expect(Object.keys(reasons[0]!.example as object).sort()).toEqual(['act', 'sex']);
  });
});

describe('references', () => {
  const name = (max: number): string =>
    JSON.stringify({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...closed({ latn: { ...TEXT, maxLength: max } }, { required: ['latn'] }),
    });
  const contract = (version: number): string =>
    textOf({
      $id: 'urn:wasl:contract:x.y:v1',
      ...closed({ who: { $ref: `urn:wasl:contract:common.name:v${version}` } }, { required: ['who'] }),
    });
  const source = (version: number, max: number) => ({
    text: contract(version),
    references: new Map([[`urn:wasl:contract:common.name:v${version}`, name(max)]]),
  });
  const verdict = (candidate: object, previous: object) =>
    semanticVerdict({
      candidate: candidate as never,
      previous: [{ ...(previous as { text: string }), version: 1 }],
      level: 'BACKWARD',
      limits: still,
    });

  it('are looked through: the same schema by another name is the same', () => {
    expect(verdict(source(2, 9), source(1, 9)).verdict).toBe('compatible');
    expect(verdict(source(2, 10), source(1, 9)).verdict).toBe('compatible');
  });

  it('a narrower referenced schema is told where it is referred to', () => {
    const { reasons } = verdict(source(2, 8), source(1, 9));
    expect(reasons).toMatchObject([
      {
        pointer: '/properties/who/$ref',
        rule: 'maxLength',
        reference: { name: 'urn:wasl:contract:common.name:v2', pointer: '/properties/latn/maxLength' },
      },
    ]);
    const { text, references } = source(2, 8);
    expect(CompiledContract.compile(text, references).validate(reasons[0]!.example)).not.toEqual([]);
  });
});

describe('older drafts', () => {
  const draft = (name: string, schema: object) => ({
    $schema: `http://json-schema.org/${name}/schema#`,
    ...schema,
  });
  it.each([
    [
      'a `$ref` hides what stands beside it',
      draft('draft-07', { $ref: '#/definitions/a', maxLength: 1, definitions: { a: TEXT } }),
      draft('draft-07', TEXT),
      'compatible',
    ],
    [
      'and so it says nothing',
      draft('draft-07', TEXT),
      draft('draft-07', { $ref: '#/definitions/a', maxLength: 1, definitions: { a: TEXT } }),
      'compatible',
    ],
    [
      'a condition is an annotation in draft-06',
      draft('draft-06', {}),
      draft('draft-06', { if: true, then: false }),
      'compatible',
    ],
    [
      'but not in draft-07',
      draft('draft-06', {}),
      draft('draft-07', { if: true, then: false }),
      'incompatible',
    ],
    [
      'a flag beside a bound in draft-04',
      draft('draft-04', { type: 'number', maximum: 3, exclusiveMaximum: true }),
      draft('draft-07', { type: 'number', exclusiveMaximum: 3 }),
      'compatible',
    ],
    [
      'the flag added',
      draft('draft-04', { type: 'number', maximum: 3 }),
      draft('draft-04', { type: 'number', maximum: 3, exclusiveMaximum: true }),
      'incompatible',
    ],
    [
      'tuples of two dialects',
      draft('draft-07', { items: [TEXT], additionalItems: false }),
      { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [TEXT], items: false },
      'compatible',
    ],
    [
      'dependencies taken apart',
      draft('draft-07', { dependencies: { a: ['b'] } }),
      { $schema: 'https://json-schema.org/draft/2020-12/schema', dependentRequired: { a: ['b'] } },
      'compatible',
    ],
  ])('%s', (_, older, newer, verdict) => {
    expect(change(older, newer).verdict).toBe(verdict);
  });
});

it('an open property of any depth is reached', () => {
  const newer = open({
    a: open({ b: { type: 'array', items: open({ c: { type: 'array', items: TEXT } }) } }),
  });
  expect(change(open({}), newer).reasons.map(({ pointer }) => pointer)).toContain(
    '/properties/a/properties/b/items/properties/c/items/type',
  );
});
