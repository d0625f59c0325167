import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  contractTextsIn,
  fetchedReferences,
  inOrderOfReferences,
  referencesOf,
  resolvedReferences,
  topicOfUrn,
} from './contract-references.js';
import { readContractTexts } from './contract-texts.js';
import { lintContractFile } from './house-rules/lint-contract.js';

const urn = (name: string) => `urn:wasl:contract:${name}:v1`;
const schema = (name: string, ...references: string[]) =>
  JSON.stringify({ $id: urn(name), allOf: references.map(($ref) => ({ $ref })) });

describe('referencesOf', () => {
  it('names each other contract once, without its fragment', () => {
    const text = schema(
      'a.b',
      urn('c.d'),
      `${urn('c.d')}#/$defs/X`,
      '#/$defs/Y',
      urn('a.b'),
      'https://example.org/x',
    );
    expect(referencesOf(text)).toEqual([urn('c.d')]);
  });
  it('passes over what only looks like one', () => {
    expect(
      referencesOf(
        JSON.stringify({ enum: [{ $ref: urn('c.d') }], properties: { $ref: { type: 'string' } } }),
      ),
    ).toEqual([]);
    expect(referencesOf('{')).toEqual([]);
    expect(referencesOf('true')).toEqual([]);
  });
});

describe('references of references', () => {
  it('are resolved, and end in circles', () => {
    const texts = new Map([
      [urn('c.d'), schema('c.d', urn('e.f'))],
      [urn('e.f'), schema('e.f', urn('c.d'), urn('not.there'))],
    ]);
    const found = resolvedReferences(schema('a.b', urn('c.d')), (name) => texts.get(name));
    expect([...found.keys()].sort()).toEqual([urn('c.d'), urn('e.f')]);
  });

  const name = fc.integer({ min: 0, max: 12 }).map((n) => `x.n${n}`);
  const contracts = fc.dictionary(name, fc.array(name, { maxLength: 4 }), { maxKeys: 12 });

  it('are the same whether texts are at hand or fetched, each asked for once', () =>
    fc.assert(
      fc.asyncProperty(contracts, fc.array(name, { maxLength: 4 }), async (refersTo, first) => {
        const start = schema('x.start', ...first.map(urn));
        const reachable = (names: string[], seen: Set<string>): Set<string> => {
          for (const item of names) {
            if (seen.has(item) || !Object.hasOwn(refersTo, item)) continue;
            reachable(refersTo[item]!, seen.add(item));
          }
          return seen;
        };
        const asked: string[] = [];
        const textOf = (asking: string) => {
          asked.push(asking);
          const found = Object.keys(refersTo).find((item) => urn(item) === asking);
          return found === undefined ? undefined : schema(found, ...refersTo[found]!.map(urn));
        };
        const found = resolvedReferences(start, textOf);
        expect([...found.keys()].sort()).toEqual([...reachable(first, new Set())].map(urn).sort());
        expect(new Set(asked).size).toBe(asked.length);
        expect(await fetchedReferences(start, (asking) => Promise.resolve(textOf(asking)))).toEqual(found);
      }),
    ));

  it('are a hundred at most', async () => {
    const next = (asking: string) => {
      const number = Number(/\d+/.exec(asking)![0]);
      return schema(`x.n${number}`, urn(`x.n${number + 1}`));
    };
    expect(resolvedReferences(schema('x.start', urn('x.n0')), next).size).toBe(100);
    const fetched = fetchedReferences(schema('x.start', urn('x.n0')), (asking) =>
      Promise.resolve(next(asking)),
    );
    expect((await fetched).size).toBe(100);
  });
});

describe('order', () => {
  const contract = (name: string, ...references: string[]) => ({
    name,
    major: 1,
    schemaText: schema(name, ...references.map(urn)),
  });
  it('puts what is referred to first', () => {
    const all = [
      contract('a.b', 'c.d'),
      contract('c.d', 'e.f', 'g.h'),
      contract('e.f'),
      contract('g.h', 'e.f'),
    ];
    expect(inOrderOfReferences(all).map(({ name }) => name)).toEqual(['e.f', 'g.h', 'c.d', 'a.b']);
  });
  it('refuses a circle by name', () => {
    expect(() => inOrderOfReferences([contract('a.b', 'c.d'), contract('c.d', 'a.b')])).toThrow(
      `${urn('a.b')} → ${urn('c.d')} → ${urn('a.b')}`,
    );
  });
});

it('turns a URN into a topic', () => {
  expect(topicOfUrn('urn:wasl:contract:civil-status.birth:v12')).toBe('civil-status.birth.v12');
  expect(topicOfUrn('urn:wasl:contract:../x.y:v1')).toBeUndefined();
});

describe('a folder of contracts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wasl-contracts-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (file: string, content: unknown) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(content));
  };
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  write('common/code/v1.schema.json', { $schema, $id: urn('common.code'), type: 'string', maxLength: 3 });
  write('demo/thing/v1.schema.json', { $schema, $id: urn('demo.thing'), $ref: urn('common.code') });
  write('demo/thing/examples/valid/long.json', 'four');

  it('gives a contract the texts it refers to, wherever one starts to read', () => {
    for (const start of ['', 'demo', 'demo/thing']) {
      const thing = readContractTexts(join(folder, start)).find(({ name }) => name === 'demo.thing')!;
      expect([...thing.references.keys()]).toEqual([urn('common.code')]);
      const verdict = lintContractFile(thing).find(({ rule }) => rule === 'example-verdict');
      expect(verdict?.message).toContain('maxLength');
    }
    expect(contractTextsIn(folder)(urn('demo.other'))).toBeUndefined();
  });
});
