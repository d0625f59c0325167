import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { bundleSchema } from '../bundle.js';
import { canonicalText } from '../canonical.js';
import { CompiledContract } from '../compiled-contract.js';
import { importContract } from './import-contract.js';
import { EXPORTED, INSTALLATION, RELEASE } from './spec-contracts.js';
import { toAsyncApi } from './to-asyncapi.js';

describe.each(RELEASE.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  it('comes back from a bundled JSON Schema as it was', () => {
    const bundled = bundleSchema({ text: contract.schemaText, references: contract.references });
    const { governance, schemaText } = importContract('json-schema', bundled);
    expect(JSON.parse(schemaText)).toEqual(JSON.parse(contract.schemaText));
    expect(governance['name']).toBe(contract.name);
  });
});

const TOPICS = EXPORTED.filter(({ governance }) => governance.kind !== 'type');
const SUBJECT = { id: 'urn:wasl:ma:demo', title: 'Demo', version: '1' };

describe.each(TOPICS.map((contract) => [contract.topic, contract] as const))('%s', (topic, contract) => {
  it('comes back from AsyncAPI as a contract that accepts what it accepted', () => {
    const document = JSON.stringify(toAsyncApi(SUBJECT, [contract], INSTALLATION));
    const { governance, schemaText } = importContract('asyncapi', document);
    expect(JSON.parse(schemaText)).toMatchObject({
      $id: `urn:wasl:contract:${contract.name}:v${contract.major}`,
    });
    expect(governance).toMatchObject({
      name: contract.name,
      titles: contract.governance.titles,
      classification: contract.governance.classification,
    });
    const compiled = CompiledContract.compile(schemaText);
    const { examples } = RELEASE.find((release) => release.topic === topic)!;
    for (const { payload } of examples.valid) expect(compiled.validate(payload)).toEqual([]);
  });
});

describe('a foreign JSON Schema', () => {
  it('gets a name of its title, and notes on what is missing', () => {
    const text = JSON.stringify({ title: 'Permis de pêche', type: 'object' });
    const { governance, schemaText, notes } = importContract('json-schema', text);
    expect(JSON.parse(schemaText)).toHaveProperty('$id', 'urn:wasl:contract:domain.permis-de-peche:v1');
    expect(governance).toEqual({ name: 'domain.permis-de-peche', titles: { en: 'Permis de pêche' } });
    expect(notes.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/$id', '/owner', '/legalBasis']),
    );
  });

  it('keeps an embedded contract that a pointer leads into', () => {
    const text = JSON.stringify({
      $id: 'urn:wasl:contract:a.b:v1',
      $ref: '#/$defs/x/properties/p',
      $defs: { x: { $id: 'urn:wasl:contract:a.c:v1', properties: { p: {} } } },
    });
    expect(importContract('json-schema', text).schemaText).toBe(canonicalText(text));
  });

  it.each([
    ['no JSON', '{'],
    ['a boolean', 'true'],
    ['a list', '[]'],
    ['a depth of 5,000', `${'{"not":'.repeat(5_000)}{}${'}'.repeat(5_000)}`],
    ['a pattern that RE2 has not', '{"type":"number","pattern":"(a+)+\\\\1"}'],
  ])('is refused with %s', (_what, text) => {
    expect(() => importContract('json-schema', text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(invalid-schema|malformed-body)$/) }),
    );
  });
});

describe('a foreign AsyncAPI document', () => {
  const foreign = (payload: unknown, components: unknown = {}) =>
    stringify({
      asyncapi: '3.0.0',
      info: { title: 'Boats', version: '1' },
      channels: {
        boats: {
          address: 'sea/boats',
          messages: { boat: { $ref: '#/components/messages/boat' }, second: { payload: {} } },
        },
      },
      components: { messages: { boat: { payload } }, ...(components as object) },
    });

  it('takes along the schemas its payload refers to, circles included', () => {
    const schemas = {
      boat: { title: 'Boat', type: 'object', properties: { crew: { $ref: '#/components/schemas/person' } } },
      person: {
        type: 'object',
        required: ['name'],
        properties: {
          boss: { $ref: '#/components/schemas/person' },
          boat: { $ref: '#/components/schemas/boat' },
        },
      },
    };
    const { schemaText, notes } = importContract(
      'asyncapi',
      foreign({ $ref: '#/components/schemas/boat' }, { schemas }),
    );
    const compiled = CompiledContract.compile(schemaText);
    expect(compiled.validate({ crew: { name: 'a', boss: { name: 'b', boat: {} } } })).toEqual([]);
    expect(compiled.validate({ crew: { name: 'a', boss: {} } })).not.toEqual([]);
    expect(JSON.parse(schemaText)).toHaveProperty('$id', 'urn:wasl:contract:domain.boat:v1');
    expect(notes.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('only the first message'),
    );
  });

  it.each([
    ['version 2', 'asyncapi: 2.6.0'],
    ['no channel', 'asyncapi: 3.0.0'],
    ['a message without payload', foreign(undefined)],
    [
      'Avro',
      foreign({ schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: { type: 'record' } }),
    ],
    ['a remote payload', foreign({ $ref: 'https://example.org/boat.json' })],
    ['a payload in a circle', foreign({ $ref: '#/components/messages/boat/payload' })],
    ['a reference to nowhere', foreign({ not: { $ref: '#/components/schemas/none' } })],
    ['a reference into __proto__', foreign({ $ref: '#/__proto__/x' })],
    ['a reference to a part of the document', foreign({ not: { $ref: '#/channels' } })],
    ['aliases', 'asyncapi: 3.0.0\na: &a [1]\nb: *a'],
    ['a depth of 5,000', `asyncapi: 3.0.0\na: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('is refused with %s', (_what, text) => {
    expect(() => importContract('asyncapi', text)).toThrow(/cannot be imported/);
  });
});
