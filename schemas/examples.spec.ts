import { describe, expect, it } from 'vitest';
import { CompiledContract, lintContractFile, readContracts, readContractTexts } from '#contracts';
import { FAMILY_NAMES, FEMALE_NAMES, MALE_NAMES } from '../deploy/local/data/names.js';
import { territories } from '../deploy/local/data/territories.js';

const NATIONAL_RELEASE = [
  'address.point',
  'civil-status.birth',
  'civil-status.death',
  'civil-status.marriage',
  'company.registration',
  'education.enrolment',
  'identity.verification',
  'land.title',
  'population.person',
  'social.affiliation',
  'social.household',
  'tax.clearance',
  'territory.unit',
  'transport.driving-licence',
];
const COMMON_TYPES = [
  'common.act',
  'common.correction',
  'common.legal-basis',
  'common.localised-text',
  'common.name',
  'common.partial-date',
  'common.period',
  'common.provenance',
  'common.subject',
  'common.territory',
];

const contracts = readContracts(import.meta.dirname);
const texts = new Map(readContractTexts(import.meta.dirname).map((folder) => [folder.expectedId, folder]));
const urnOf = ({ name, major }: { name: string; major: number }) => `urn:wasl:contract:${name}:v${major}`;

it('holds the national release and its common types', () => {
  const names = (kind: 'type' | 'topic') =>
    contracts
      .filter(({ governance }) => (governance.kind === 'type') === (kind === 'type'))
      .map(({ name }) => name)
      .sort();
  expect(names('topic')).toEqual(NATIONAL_RELEASE);
  expect(names('type')).toEqual(COMMON_TYPES);
});

describe.each(contracts.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  const { governance, examples, schemaText } = contract;

  it('keeps the house rules of a national contract', () => {
    expect(lintContractFile(texts.get(urnOf(contract))!, { national: true })).toEqual([]);
  });

  it('has labels in three languages, and a steward to ask', () => {
    expect(governance.languages).toEqual(['fr', 'ar', 'en']);
    for (const { email } of governance.stewards) expect(email).toMatch(/@[a-z-]+\.example$/);
  });

  const compiled = CompiledContract.compile(schemaText, contract.references);

  it.each(examples.valid.map(({ file, payload }) => [file, payload]))('accepts %s', (_file, payload) => {
    expect(compiled.validate(payload)).toEqual([]);
  });

  it.each(examples.invalid.map((example) => [example.file, example] as const))(
    'refuses %s',
    (_file, example) => {
      expect(compiled.validate(example.payload).map(({ pointer, rule }) => ({ pointer, rule }))).toEqual([
        example.expected,
      ]);
    },
  );
});

describe('examples of the national release', () => {
  const payloads = contracts
    .filter(({ governance }) => governance.kind !== 'type')
    .flatMap(({ examples }) => examples.valid.map(({ payload }) => payload));

  it('lie in real territories', () => {
    const known = new Set(
      territories('2026-01-01T00:00:00Z').map((unit) => `${unit.code_list} ${unit.code}`),
    );
    const used = payloads
      .flatMap((payload) => objectsIn(payload))
      .filter(({ codeList }) => codeList !== undefined);
    expect(used.length).toBeGreaterThan(100);
    for (const { codeList, code } of used) {
      // The units of the law of 2026 are not in the sample data.
      if (codeList !== 'DZ-2026') expect(known).toContain(`${String(codeList)} ${String(code)}`);
    }
  });

  it('name nobody: people have names from the fixed lists', () => {
    const pairs = [...FAMILY_NAMES, ...FEMALE_NAMES, ...MALE_NAMES];
    const known = new Set(pairs.flatMap((pair) => pair.flatMap((name) => name.split(' '))));
    const used = payloads
      .flatMap((payload) => objectsIn(payload))
      .filter(({ arab }) => arab !== undefined)
      .flatMap(({ latn, arab }) => `${String(latn)} ${String(arab)}`.split(' '));
    expect(used.length).toBeGreaterThan(200);
    for (const name of used) expect(known).toContain(name);
  });
});

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? below : [value as Record<string, unknown>, ...below];
}
