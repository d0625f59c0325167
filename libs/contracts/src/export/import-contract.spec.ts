import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { bundleSchema } from '../bundle.js';
import { canonicalText } from '../canonical.js';
import { importContracts, type ImportFormat } from './import-contract.js';
import { EXPORTED, INSTALLATION, RELEASE } from './spec-contracts.js';
import { toAsyncApi } from './to-asyncapi.js';
import { toOdcsYaml } from './to-odcs.js';

const one = (format: ImportFormat, text: string) => importContracts({ format, text }).contracts[0]!;
const SUBJECT = { id: 'urn:wasl:ma:demo', title: 'Demo', version: '1' };
const TOPICS = EXPORTED.filter(({ governance }) => governance.kind !== 'type');
const asGiven = ({ governance, schemaText }: (typeof EXPORTED)[number]) => ({
  governance,
  schemaText: canonicalText(schemaText),
});

describe.each(EXPORTED.map((contract) => [contract.topic, contract] as const))('%s', (topic, contract) => {
  it('comes back from ODCS as it was', () => {
    expect(one('odcs', toOdcsYaml(contract, INSTALLATION))).toMatchObject({
      ...asGiven(contract),
      notes: [],
    });
  });

  it('comes back from a bundled JSON Schema as it was, which tells nothing of governance', () => {
    const { references } = RELEASE.find((release) => release.topic === topic)!;
    const { governance, schemaText } = one(
      'json-schema',
      bundleSchema({ text: contract.schemaText, references }),
    );
    expect(schemaText).toBe(canonicalText(contract.schemaText));
    expect(governance['name']).toBe(contract.name);
  });
});

it('any of the topics come back from one AsyncAPI document as they were, in JSON or YAML', () => {
  expect(TOPICS).toHaveLength(14);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(TOPICS, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (contracts, isYaml) => {
        const document = toAsyncApi(SUBJECT, contracts, INSTALLATION);
        const text = isYaml
          ? stringify(document, { aliasDuplicateObjects: false })
          : JSON.stringify(document);
        const { contracts: read, refused } = importContracts({ format: 'asyncapi', text });
        expect(refused).toEqual([]);
        expect(read.map(({ governance, schemaText }) => ({ governance, schemaText }))).toEqual(
          contracts.map(asGiven),
        );
        expect(read.flatMap(({ notes }) => notes)).toEqual([]);
      },
    ),
    { numRuns: 4, examples: [[TOPICS, false]] },
  );
});

describe('a foreign JSON Schema', () => {
  it('gets a name of its title, and notes on what is missing', () => {
    const text = JSON.stringify({ title: 'Permis de pêche', type: 'object' });
    const { governance, schemaText, notes } = one('json-schema', text);
    expect(JSON.parse(schemaText)).toHaveProperty('$id', 'urn:wasl:contract:domain.permis-de-peche:v1');
    expect(governance).toEqual({ name: 'domain.permis-de-peche', titles: { en: 'Permis de pêche' } });
    expect(notes.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/$id', '/owner', '/legalBasis']),
    );
  });

  it.each(['#/$defs/x/properties/p', '#/%24defs/x/properties/p'])(
    'keeps an embedded contract that the pointer %s leads into',
    ($ref) => {
      const text = JSON.stringify({
        $id: 'urn:wasl:contract:a.b:v1',
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $ref,
        $defs: { x: { $id: 'urn:wasl:contract:a.c:v1', properties: { p: {} } } },
      });
      expect(one('json-schema', text).schemaText).toBe(canonicalText(text));
    },
  );

  it('may refer to other contracts, which are not at hand', () => {
    const text = JSON.stringify({
      $id: 'urn:wasl:contract:a.b:v1',
      items: { $ref: 'urn:wasl:contract:a.c:v2' },
    });
    expect(one('json-schema', text).schemaText).toBe(text);
  });

  it.each([
    ['no JSON', '{'],
    ['a boolean', 'true'],
    ['a list', '[]'],
    ['a depth of 5,000', `${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`],
    ['a pattern that RE2 has not', '{"type":"number","pattern":"(a+)+\\\\1"}'],
    ['a remote reference', '{"items":{"$ref":"https://example.org/x.json"}}'],
    ['a reference to a file', '{"items":{"$ref":"file:///etc/passwd"}}'],
    ['a reference to a file beside it', '{"items":{"$ref":"common.json#/definitions/x"}}'],
    ['a reference to nothing', '{"items":{"$ref":"#/definitions/x"}}'],
  ])('is refused with %s', (_what, text) => {
    expect(() => one('json-schema', text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(invalid-schema|malformed-body)$/) }),
    );
  });

  it('is told where a reference leads out of it, and what to do', () => {
    expect(() => one('json-schema', '{"properties":{"a":{"$ref":"b.json"}}}')).toThrow(
      expect.objectContaining({
        violations: [
          expect.objectContaining({
            pointer: '/properties/a/$ref',
            message: expect.stringMatching(/b\.json.*bundle/),
          }),
        ],
      }),
    );
  });
});

it('only an AsyncAPI document has messages to choose from', () => {
  expect(() => importContracts({ format: 'json-schema', text: '{}', message: 'x' })).toThrow(
    /only an AsyncAPI/,
  );
});
