import { Ajv2019 } from 'ajv/dist/2019.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { canonicalText } from '../canonical.js';
import { referencesOf } from '../contract-references.js';
import { lintSchema } from '../lint.js';
import type { SchemaObject } from '../schema-walk.js';
import type { ExportedContract } from './exported-contract.js';
import { fromOdcs } from './from-odcs.js';
import type { OdcsDocument, OdcsProperty } from './odcs-document.js';
import { EXPORTED, INSTALLATION } from './spec-contracts.js';
import { toOdcsYaml } from './to-odcs.js';

const documentOf = (contract: ExportedContract) => parse(toOdcsYaml(contract, INSTALLATION)) as OdcsDocument;
const birth = EXPORTED.find(({ name }) => name === 'civil-status.birth')!;

/** The standard's own schema, where the machine has it: it is not ours to ship. */
const standard = process.env['ODCS_SCHEMA'];

describe.each(EXPORTED.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  it.skipIf(standard === undefined)('is valid by the schema of ODCS 3.1', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true, formats: fullFormats });
    const validate = ajv.compile(JSON.parse(readFileSync(standard!, 'utf8')) as object);
    validate(documentOf({ ...contract, state: 'deprecated', sunset: '2027-01-31' }));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('comes back as it was', () => {
    const imported = fromOdcs(toOdcsYaml(contract, INSTALLATION));
    expect(imported).toEqual({
      source: '',
      governance: contract.governance,
      schemaText: canonicalText(contract.schemaText),
      notes: [],
    });
  });

  it('gives from its properties alone a schema that passes the linter and names the same properties', () => {
    const document = documentOf(contract);
    delete document.schema![0]!.customProperties;
    const { schemaText } = fromOdcs(stringify(document));
    expect(lintSchema(schemaText)).toEqual([]);
    const names = (text: string) =>
      Object.keys((JSON.parse(text) as { properties?: object }).properties ?? {});
    expect(names(schemaText)).toEqual(names(contract.schemaText));
  });
});

describe('export', () => {
  it('tells identity, state, owner, retention and where the schema is', () => {
    const document = documentOf({ ...birth, version: 4, state: 'deprecated', sunset: '2027-01-31' });
    expect(document).toMatchObject({
      apiVersion: 'v3.1.0',
      id: 'urn:wasl:contract:civil-status.birth:v1',
      version: '1.4.0',
      status: 'deprecated',
      domain: 'civil-status',
      team: { name: birth.governance.owner },
      servers: [{ type: 'kafka', host: 'kafka.example:9092' }],
    });
    expect(document.slaProperties).toContainEqual({
      property: 'retention',
      value: 100,
      unit: 'y',
      driver: 'regulatory',
    });
    expect(document.slaProperties).toContainEqual({
      property: 'endOfLife',
      value: '2027-01-31',
      driver: 'regulatory',
    });
    expect(document.authoritativeDefinitions?.map(({ url }) => url)).toEqual([
      'https://registry.example/subjects/civil-status.birth.v1-value/versions/4',
      `https://registry.example/schemas/guids/${birth.guid}`,
    ]);
  });

  it('follows references, and tells bounds, classes and lists of values', () => {
    const governance = { ...birth.governance, fields: { '/act': 'P1' as const } };
    const properties = documentOf({ ...birth, governance }).schema![0]!.properties!;
    const at = (list: OdcsProperty[], name: string) => list.find((property) => property.name === name)!;
    expect(at(properties, 'sex')).toMatchObject({
      logicalType: 'integer',
      required: true,
      classification: 'P2',
      businessName: 'Sexe',
      quality: [{ metric: 'invalidValues', arguments: { validValues: [0, 1, 2, 9] }, mustBe: 0 }],
    });
    const registered = at(at(properties, 'act').properties!, 'registeredOn');
    expect(registered).toMatchObject({ logicalType: 'date', classification: 'P1' });
    expect(at(at(properties, 'names').properties!, 'family').properties?.map(({ name }) => name)).toEqual([
      'latn',
      'arab',
      'tfng',
    ]);
  });

  it('ends where a schema refers to itself, and does not multiply', () => {
    const $defs: Record<string, object> = { T0: { type: 'object', properties: { up: { $ref: '#' } } } };
    for (let level = 1; level <= 30; level += 1) {
      const $ref = `#/$defs/T${level - 1}`;
      $defs[`T${level}`] = { type: 'object', properties: { a: { $ref }, b: { $ref } } };
    }
    const flat = { type: 'object', properties: { top: { $ref: '#/$defs/T30' } }, $defs };
    expect(toOdcsYaml({ ...birth, flat }, INSTALLATION).length).toBeLessThan(2_000_000);
  });
});

describe('import', () => {
  const foreign = {
    apiVersion: 'v3.0.2',
    kind: 'DataContract',
    id: 'x',
    version: '2.1.0',
    status: 'active',
    name: 'Fichier des élèves',
    domain: 'Éducation',
    price: { priceAmount: 1 },
    description: { purpose: 'Statistics' },
    team: { members: [{ username: 'a@b.example', role: 'owner' }] },
    slaProperties: [
      { property: 'retention', value: 3, unit: 'y' },
      { property: 'latency', value: 1, unit: 'd', element: 'x' },
    ],
    schema: [
      {
        name: 'pupils',
        properties: [
          {
            name: 'code',
            logicalType: 'string',
            required: true,
            logicalTypeOptions: { maxLength: 9 },
            classification: 'restricted',
            primaryKey: true,
          },
          { name: 'born', logicalType: 'date' },
          {
            name: 'marks',
            logicalType: 'array',
            items: { logicalType: 'number', logicalTypeOptions: { maximum: 20 } },
          },
          {
            name: 'school',
            logicalType: 'object',
            classification: 'P1',
            properties: [{ name: 'name', logicalType: 'string' }],
          },
          { name: '__proto__', logicalType: 'string' },
        ],
      },
      { name: 'teachers' },
    ],
  };

  it('makes a skeleton of another document and tells what it could not carry', () => {
    const { governance, schemaText, notes } = fromOdcs(stringify(foreign));
    expect(governance).toEqual({
      name: 'education.fichier-des-eleves',
      stewards: [{ name: 'a@b.example', email: 'a@b.example', role: 'owner' }],
      purpose: 'Statistics',
      retention: 'P3Y',
      sla: { latency: '1 d' },
      titles: { en: 'Fichier des élèves' },
      fields: { '/school': 'P1' },
    });
    expect(JSON.parse(schemaText)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:wasl:contract:education.fichier-des-eleves:v2',
      title: 'pupils',
      type: 'object',
      additionalProperties: false,
      required: ['code'],
      properties: {
        code: { title: 'code', type: 'string', maxLength: 9 },
        born: { title: 'born', type: 'string', format: 'date' },
        marks: { title: 'marks', type: 'array', items: { type: 'number', maximum: 20 } },
        school: {
          title: 'school',
          type: 'object',
          additionalProperties: false,
          properties: { name: { title: 'name', type: 'string' } },
        },
      },
    });
    const told = notes.map((note) => `${note.in} ${note.pointer}`);
    for (const expected of [
      'document /price',
      'document /schema/1',
      'document /schema/0/properties/0/primaryKey',
      'document /schema/0/properties/0/classification',
      'document /slaProperties/1',
      'contract /owner',
      'contract /titles/fr',
      'contract /legalBasis',
    ]) {
      expect(told).toContain(expected);
    }
  });

  it('tells when the properties were edited and the schema beside them was not', () => {
    // Only a schema without references is at hand whole.
    const document = documentOf(EXPORTED.find(({ schemaText }) => referencesOf(schemaText).length === 0)!);
    document.schema![0]!.properties![0]!.required = false;
    expect(fromOdcs(stringify(document)).notes.map(({ pointer }) => pointer)).toEqual([
      '/schema/0/properties',
    ]);
  });

  it.each([
    ['no YAML', '{'],
    ['another kind', 'kind: Pod'],
    ['another major version of the standard', 'kind: DataContract\napiVersion: v2.2.2'],
    ['aliases', 'kind: &k DataContract\napiVersion: v3.1.0\nid: *k'],
    ['too long', 'x'.repeat(600_000)],
  ])('refuses %s', (_what, text) => expect(() => fromOdcs(text)).toThrow(/cannot be imported/));

  it.each([
    'kind: DataContract\napiVersion: v3.1.0',
    stringify({
      ...foreign,
      schema: 5,
      team: [1],
      customProperties: 'x',
      slaProperties: { a: 1 },
      description: 3,
      name: 7,
      domain: null,
      version: {},
    }),
    stringify({
      ...foreign,
      schema: [
        {
          name: 'x',
          properties: [{ name: 'a', logicalTypeOptions: 3, quality: [1], items: 4 }],
          customProperties: [{ property: 'jsonSchema', value: '{' }],
        },
      ],
    }),
  ])('makes something of a document that is hardly one (%#)', (text) => {
    const { schemaText, notes } = fromOdcs(text);
    expect((JSON.parse(schemaText) as SchemaObject)['type']).toBe('object');
    expect(notes.length).toBeGreaterThan(0);
  });
});
