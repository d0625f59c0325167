import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { WaslError } from '#protocol';
import { CompiledContract } from '../compiled-contract.js';
import { fromAsyncApi } from './from-asyncapi.js';
import { importContracts } from './import-contract.js';
import { EXPORTED, INSTALLATION } from './spec-contracts.js';
import { toAsyncApi } from './to-asyncapi.js';

/** A document with a channel for each member of `channels`: its messages by key. */
const foreign = (channels: Record<string, object>, components: object = {}) =>
  stringify(
    {
      asyncapi: '3.0.0',
      info: { title: 'Boats', version: '1' },
      channels: Object.fromEntries(
        Object.entries(channels).map(([address, messages]) => [
          address.replaceAll('.', '-'),
          { address, messages },
        ]),
      ),
      components,
    },
    { aliasDuplicateObjects: false },
  );
const payload = (value: unknown, components?: object) =>
  foreign({ 'sea/boats': { boat: { payload: value } } }, components);
const ids = (text: string, only?: string) =>
  fromAsyncApi(text, only).contracts.map(({ schemaText }) => (JSON.parse(schemaText) as { $id: string }).$id);
const number = { payload: { type: 'number' } };
const text = { payload: { type: 'string' } };

describe('messages', () => {
  it('are a contract each, named by their names, the channel by the topic it is', () => {
    const document = foreign({
      'sea/boats': { boatLeft: number, arrived: { name: 'Bateau arrivé', ...text } },
      'fish.catch.v2': { caught: number },
    });
    expect(ids(document)).toEqual([
      'urn:wasl:contract:domain.boat-left:v1',
      'urn:wasl:contract:domain.bateau-arrive:v1',
      'urn:wasl:contract:fish.catch:v2',
    ]);
  });

  it('of one topic, or of one name, are contracts with names of their own', () => {
    const document = foreign({
      'fish.catch.v1': { caught: number, sold: text },
      a: { x: number },
      b: { x: text },
    });
    const { contracts } = fromAsyncApi(document);
    expect(contracts.map(({ governance }) => governance['name'])).toEqual([
      'fish.catch',
      'fish.sold',
      'domain.x',
      'domain.x-2',
    ]);
    expect(contracts[1]!.notes[0]!.message).toContain('fish.sold until you name it');
    expect(contracts[3]!.notes[0]!.message).toContain('domain.x-2 until you name it');
  });

  it('that channels share are read once', () => {
    const shared = { $ref: '#/components/messages/m' };
    expect(ids(foreign({ a: { m: shared }, b: { m: shared } }, { messages: { m: number } }))).toHaveLength(1);
  });

  it('are chosen by name or topic', () => {
    const document = foreign({ a: { x: number, y: text }, 'fish.catch.v1': { caught: number } });
    expect(ids(document, 'y')).toEqual(['urn:wasl:contract:domain.y:v1']);
    expect(ids(document, 'fish.catch.v1')).toEqual(['urn:wasl:contract:fish.catch:v1']);
    expect(() => ids(document, 'z')).toThrow(/no message is called z; there are x, y, caught/);
  });

  it('that are no JSON Schema are named, and keep the others from nothing', () => {
    const avro = { payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: 'record' } };
    const { contracts, refused } = fromAsyncApi(foreign({ a: { x: avro, y: number } }));
    expect(contracts).toHaveLength(1);
    expect(refused).toEqual([
      {
        source: '/channels/a/messages/x',
        name: 'x',
        message: expect.stringMatching(
          /"\/channels\/a\/messages\/x\/payload\/schemaFormat".*avro.*only JSON Schema/,
        ),
      },
    ]);
  });

  it('are refused together when no contract is left', () => {
    const document = foreign({ a: { x: {}, y: { payload: true } } });
    expect(() => importContracts({ format: 'asyncapi', text: document })).toThrow(
      expect.objectContaining({
        violations: [
          expect.objectContaining({ pointer: '/channels/a/messages/x' }),
          expect.objectContaining({ pointer: '/channels/a/messages/y' }),
        ],
      }),
    );
  });
});

describe('the schemas of a payload', () => {
  const schemas = {
    boat: { type: 'object', properties: { crew: { $ref: '#/components/schemas/person' } } },
    person: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string', maxLength: 9 },
        boss: { $ref: '#/components/schemas/person' },
        boat: { $ref: '#/components/schemas/boat' },
      },
    },
    wrapped: { schemaFormat: 'application/schema+yaml;version=draft-07', schema: { type: 'integer' } },
  };
  const compiled = (value: unknown) => {
    const [contract] = fromAsyncApi(payload(value, { schemas })).contracts;
    return CompiledContract.compile(contract!.schemaText);
  };

  it('come along, circles included', () => {
    const contract = compiled({ $ref: '#/components/schemas/boat' });
    expect(contract.validate({ crew: { name: 'a', boss: { name: 'b', boat: {} } } })).toEqual([]);
    expect(contract.validate({ crew: { name: 'a', boss: {} } })).not.toEqual([]);
  });

  it('come along whole where a part is referred to, and without the format around them', () => {
    const contract = compiled({
      properties: {
        captain: { $ref: '#/components/schemas/person/properties/name' },
        count: { $ref: '#/components/schemas/wrapped' },
        again: { $ref: '#/components/schemas/wrapped/schema' },
      },
    });
    expect(contract.validate({ captain: 'Ahmed', count: 1, again: 2 })).toEqual([]);
    expect(contract.validate({ captain: 'a'.repeat(10) })).toHaveLength(1);
    expect(contract.validate({ count: 'x' })).toHaveLength(1);
    expect(contract.validate({ again: 'x' })).toHaveLength(1);
  });

  it('keep their dialect', () => {
    const format = 'application/schema+json;version=2020-12';
    const contract = compiled({ schemaFormat: format, schema: { prefixItems: [{ type: 'string' }] } });
    expect(contract.validate([1])).toHaveLength(1);
  });

  it('come along once, however they are written', () => {
    const spellings = Array.from({ length: 64 }, (_, bits) =>
      [...'person']
        .map((char, at) => ((bits >> at) & 1 ? `%${char.charCodeAt(0).toString(16)}` : char))
        .join(''),
    );
    const anyOf = spellings.map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const [contract] = fromAsyncApi(payload({ anyOf }, { schemas: { person: { const: 'once' } } })).contracts;
    expect(contract!.schemaText.match(/once/g)).toHaveLength(1);
  });
});

describe('an export', () => {
  const birth = EXPORTED.find(({ name }) => name === 'civil-status.birth')!;
  const subject = { id: 'urn:wasl:ma:demo', title: 'Demo', version: '1' };
  interface Exported {
    channels: Record<string, { address: string }>;
    components: { schemas: Record<string, { schema: { properties: Record<string, unknown> } }> };
  }
  const edited = (edit: (document: Exported) => void) => {
    const document = JSON.parse(JSON.stringify(toAsyncApi(subject, [birth], INSTALLATION))) as Exported;
    edit(document);
    return fromAsyncApi(JSON.stringify(document)).contracts[0]!;
  };

  it('whose payload was edited gives what was edited, and says so', () => {
    const { schemaText, governance, notes } = edited(({ components }) => {
      components.schemas[birth.topic]!.schema.properties.added = { type: 'string', maxLength: 3 };
    });
    expect(CompiledContract.compile(schemaText).validate({ added: 'four' })).toContainEqual(
      expect.objectContaining({ pointer: '/added' }),
    );
    expect(governance).toEqual(birth.governance);
    expect(notes[0]).toMatchObject({ message: expect.stringContaining('edited since the export') });
  });

  it('whose channel is another topic does not take over the contract it carries', () => {
    const { governance, notes } = edited(({ channels }) => {
      channels[birth.topic]!.address = 'civil-status.other.v1';
    });
    expect(governance).toMatchObject({ name: 'civil-status.other' });
    expect(governance).not.toHaveProperty('owner');
    expect(notes[0]).toMatchObject({ message: expect.stringContaining("not the channel's") });
  });
});

describe('a hostile document', () => {
  it.each([
    ['version 2', 'asyncapi: 2.6.0'],
    ['no channel', 'asyncapi: 3.0.0'],
    ['a message without payload', payload(undefined)],
    ['a schema beside no format', payload({ schemaFormat: 'application/schema+json', schema: 5 })],
    ['a remote payload', payload({ $ref: 'https://example.org/boat.json' })],
    ['a remote schema below', payload({ properties: { a: { $ref: 'https://example.org/boat.json' } } })],
    ['a file below', payload({ properties: { a: { $ref: 'file:///etc/passwd' } } })],
    ['a reference to the document', payload({ not: { $ref: '#' } })],
    ['a reference that is no text', payload({ $ref: 5 })],
    ['a payload in a circle', payload({ $ref: '#/channels/sea~1boats/messages/boat/payload' })],
    ['a reference to nowhere', payload({ not: { $ref: '#/components/schemas/none' } })],
    [
      'a reference within to nowhere',
      payload({ not: { $ref: '#/channels/sea~1boats/messages/boat/payload/none' } }),
    ],
    [
      'Avro in components',
      payload(
        { not: { $ref: '#/components/schemas/a' } },
        { schemas: { a: { schemaFormat: 'avro', schema: {} } } },
      ),
    ],
    [
      'a member __proto__',
      '{"asyncapi":"3.0.0","channels":{"a":{"messages":{"m":{"payload":{"__proto__":{"x":1}}}}}}}',
    ],
    ['a reference into __proto__', payload({ $ref: '#/__proto__/x' })],
    ['a component __proto__', payload({ not: { $ref: '#/components/schemas/__proto__' } }, { schemas: {} })],
    ['a reference to a part of the document', payload({ not: { $ref: '#/channels' } })],
    ['aliases', 'asyncapi: 3.0.0\na: &a [1]\nb: *a'],
    ['a name twice', 'asyncapi: 3.0.0\nchannels: {}\nchannels: {}'],
    ['a name twice in JSON', '{"asyncapi":"3.0.0","channels":{},"channels":{}}'],
    ['names that are lists', 'asyncapi: 3.0.0\n? [a]\n: 1'],
    ['a depth of 5,000', `asyncapi: 3.0.0\na: ${'['.repeat(5_000)}${']'.repeat(5_000)}`],
    ['a number that would be rounded', payload({ const: 9_007_199_254_740_993n })],
    ['two documents', 'asyncapi: 3.0.0\n---\nasyncapi: 3.0.0'],
    [
      'more messages than a registry exports',
      foreign({ a: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`m${at}`, number])) }),
    ],
  ])('is refused with %s', (_what, document) => {
    expect(() => importContracts({ format: 'asyncapi', text: document })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(malformed-body|invalid-schema)$/) }),
    );
  });

  it('is told where', () => {
    const pointerOf = (document: string) => {
      try {
        fromAsyncApi(document);
      } catch (error) {
        return (error as WaslError).violations?.[0]?.pointer;
      }
      return undefined;
    };
    expect(pointerOf('asyncapi: 3.0.0\nchannels: {a: {b/c: 1, b/c: 2}}')).toBe('/channels/a/b~1c');
    expect(pointerOf('asyncapi: 3.0.0\na: {b: [&x 1, *x]}')).toBe('/a/b/1');
  });

  it('with many names costs no time for each pair of them', () => {
    // Compared each with each, which the YAML library does unless told otherwise, this takes minutes.
    const names = Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n');
    expect(() => fromAsyncApi(`asyncapi: 3.0.0\n${names}`)).toThrow(/no channel/);
  });

  it('is YAML 1.2 whatever it says it is', () => {
    const document = `%YAML 1.1\n---\nasyncapi: 3.0.0\nchannels: {a: {messages: {yes: {payload: {const: !!binary aGk=, title: on}}}}}`;
    const [contract] = fromAsyncApi(document).contracts;
    expect(JSON.parse(contract!.schemaText)).toMatchObject({ const: 'aGk=', title: 'on' });
  });
});
