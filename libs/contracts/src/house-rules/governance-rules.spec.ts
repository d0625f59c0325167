import { describe, expect, it } from 'vitest';
import { lintContractFile } from './lint-contract.js';

const labels = { fr: 'Chose', ar: 'شيء', en: 'Thing' };
const named = (rest: object) => ({ title: 'Thing', 'x-titles': labels, ...rest });
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:wasl:contract:demo.thing:v1',
  ...named({
    description: 'A thing.',
    type: 'object',
    additionalProperties: false,
    properties: {
      holder: named({ $ref: '#/$defs/Holder' }),
      list: named({ type: 'array', maxItems: 3, items: { $ref: '#/$defs/Subject' } }),
    },
    $defs: {
      Holder: named({
        type: 'object',
        additionalProperties: false,
        properties: { subject: named({ $ref: '#/$defs/Subject' }) },
      }),
      Subject: named({ type: 'string', maxLength: 20 }),
    },
  }),
};
const yaml = `name: demo.thing
owner: urn:wasl:ma:interior
titles: { fr: Chose, ar: شيء, en: Thing }
description: { fr: Une chose., ar: شيء., en: A thing. }
classification: P2
fields: { /holder: P2, "/list/*": P3 }
purpose: To test.
legalBasis: { type: T, reference: Law 1 }
retention: P1Y
deletion: false
partitions: 1
stewards: [{ name: Office }]
languages: [fr, ar]
`;
const examples = {
  valid: Array.from({ length: 10 }, (_, index) => ({ file: `valid/${index}.json`, text: '{}' })),
  invalid: Array.from({ length: 10 }, (_, index) => ({
    file: `invalid/${index}.json`,
    text: '{"payload": 1, "expected": {"pointer": "", "rule": "type"}}',
  })),
};

function found(
  change: { yaml?: string; examples?: typeof examples; national?: boolean; expectedId?: string } = {},
) {
  const contract = { file: 'contract.yaml', text: change.yaml ?? yaml };
  return lintContractFile(
    {
      schema: { file: 'v1.schema.json', text: JSON.stringify(schema) },
      contract,
      examples: change.examples ?? examples,
      ...(change.expectedId === undefined ? {} : { expectedId: change.expectedId }),
    },
    { national: change.national ?? false },
  ).map(({ file, line, rule, severity, pointer }) => `${file}:${line} ${severity} ${rule} ${pointer}`);
}

it('finds nothing in a complete contract', () => expect(found({ national: true })).toEqual([]));

it('holds the schema to its folder', () => {
  expect(found({ expectedId: 'urn:wasl:contract:demo.other:v1' })).toEqual([
    'v1.schema.json:1 error id /$id',
  ]);
});

describe('contract.yaml', () => {
  it.each<[string, string, string, string[]]>([
    ['another name', 'demo.thing', 'demo.other', ['1 error governance /name']],
    ['no member as owner', 'urn:wasl:ma:interior', 'interior', ['2 error governance /owner']],
    ['an Arabic title in Latin', 'شيء, en', 'Chose, en', ['3 error labels /titles/ar']],
    ['a description in two languages', 'ar: شيء., en: A', 'en: A', ['4 error governance /description/ar']],
    ['an unknown class', 'classification: P2', 'classification: P9', ['5 error governance /classification']],
    ['no purpose', 'purpose: To test.', 'purpose: ""', ['7 error governance /purpose']],
    ['an unknown basis', 'type: T', 'type: X', ['8 error governance /legalBasis/type']],
    ['no retention', 'retention: P1Y\n', '', ['1 error governance /retention']],
    ['no Arabic', 'languages: [fr, ar]', 'languages: [fr]', ['13 error governance /languages']],
    ['an unknown member', 'purpose: To', 'why: x\npurpose: To', ['1 error governance ']],
    ['not YAML', 'purpose: To', 'purpose: "To', ['1 error yaml ']],
    ['aliases', 'purpose: To test.', 'purpose: &a [x]\nmore: *a', ['1 error yaml ']],
  ])('%s', (_what, before, after, expected) => {
    const all = found({ yaml: yaml.replace(before, after) });
    const ofContract = all.filter((finding) => finding.startsWith('contract.yaml'));
    expect(ofContract).toEqual(expected.map((finding) => `contract.yaml:${finding}`));
  });

  it('is missed where there is none', () => {
    expect(found({ yaml: '' })).toContain('contract.yaml:1 error governance ');
  });

  it('asks a type for neither retention, deletion nor partitions', () => {
    const type = yaml.replace(/^(?:retention|deletion|partitions).*\n/gm, '') + 'kind: type\n';
    expect(found({ yaml: type })).toEqual([]);
  });
});

describe('fields that identify persons', () => {
  const without = yaml.replace(/^fields.*\n/m, '');
  it('should be named in a contract on persons', () => {
    expect(found({ yaml: without })).toEqual([
      'v1.schema.json:1 warning classified /properties/list/items',
      'v1.schema.json:1 warning classified /$defs/Holder/properties/subject',
    ]);
  });
  it('must be named in a contract of a lower class', () => {
    expect(found({ yaml: without.replace('classification: P2', 'classification: P1') })).toEqual([
      'v1.schema.json:1 error classified /properties/list/items',
      'v1.schema.json:1 error classified /$defs/Holder/properties/subject',
    ]);
    expect(found({ yaml: yaml.replace('classification: P2', 'classification: P1') })).toEqual([]);
  });
});

describe('examples', () => {
  const broken = (kind: 'valid' | 'invalid', text: string) => ({
    ...examples,
    [kind]: [{ file: 'x.json', text }, ...examples[kind].slice(1)],
  });
  it.each<[string, 'valid' | 'invalid', string, string]>([
    ['a valid one that is refused', 'valid', '{\n"other": 1}', 'x.json:1 error example-verdict '],
    ['one that is not JSON', 'valid', '{', 'x.json:1 error json '],
    ['an invalid one without a reason', 'invalid', '{}', 'x.json:1 error example-verdict '],
    [
      'an invalid one that is accepted',
      'invalid',
      '{"expected": {},\n"payload": {}}',
      'x.json:2 error example-verdict /payload',
    ],
    [
      'an invalid one refused for another reason',
      'invalid',
      '{"payload": {"a": 1},\n"expected": {"pointer": "", "rule": "type"}}',
      'x.json:2 error example-verdict /expected',
    ],
  ])('%s', (_what, kind, text, expected) =>
    expect(found({ examples: broken(kind, text) })).toEqual([expected]),
  );

  it('are ten of each in a national release', () => {
    const few = { valid: examples.valid.slice(1), invalid: [] };
    expect(found({ examples: few })).toEqual([
      'v1.schema.json:1 warning examples ',
      'v1.schema.json:1 error examples ',
    ]);
    expect(found({ examples: few, national: true })).toEqual([
      'v1.schema.json:1 error examples ',
      'v1.schema.json:1 error examples ',
    ]);
  });
});
