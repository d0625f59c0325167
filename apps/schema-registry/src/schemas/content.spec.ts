import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaGuid, schemaSha256 } from '#contracts';
import { identityOf, normalized, numberedGuids } from './content.js';
import { parseMetadata, withVersion } from './metadata.js';
import { parseRuleSet } from './rule-set.js';

const text = '{"type":"object"}';
const references = [{ name: 'a', subject: 'b', version: 258 }];
const md5 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const hex = (guid: string) => guid.replaceAll('-', '');

describe('identityOf', () => {
  it('is the MD5 of the text where there is nothing else', () => {
    expect(identityOf({ text, references: [] })).toEqual({
      guid: schemaGuid(text),
      sha256: schemaSha256(text),
    });
  });

  it('takes references, metadata and rules in, in the order of Confluent', () => {
    const metadata = parseMetadata({
      sensitive: ['p'],
      properties: { p: 'v', o: 'w' },
      tags: { '**': ['Z', 'A'] },
    })!;
    const rule = {
      name: 'r',
      kind: 'CONDITION',
      mode: 'WRITE',
      type: 'CEL',
      tags: ['T'],
      params: { k: 'v' },
      expr: 'e',
    };
    const ruleSet = parseRuleSet({ domainRules: [{ ...rule, disabled: true }] })!;
    const expected = md5(
      ...[text, 'a', 'b', Buffer.of(0, 0, 1, 2)],
      ...[Buffer.of(1), '**', 'A', 'Z', 'o', 'w', 'p', 'v', 'p'],
      ...[Buffer.of(1), 'r', 'CONDITION', 'WRITE', 'CEL', 'T', 'k', 'v', 'e', Buffer.of(1)],
    );
    expect(hex(identityOf({ text, references, metadata, ruleSet }).guid)).toBe(expected);
  });

  it('takes names in order as texts, also those that are whole numbers', () => {
    const metadata = parseMetadata({
      tags: { 9: ['A'], 10: ['B'] },
      properties: { 9: 'x', 10: 'y', '+': 'z' },
    })!;
    const rule = { name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL', params: { 9: 'x', 10: 'y' } };
    const expected = md5(
      ...[text, Buffer.of(1), '10', 'B', '9', 'A', '+', 'z', '10', 'y', '9', 'x'],
      ...[Buffer.of(1), 'r', 'CONDITION', 'WRITE', 'CEL', '10', 'y', '9', 'x'],
    );
    const ruleSet = parseRuleSet({ domainRules: [rule] })!;
    expect(hex(identityOf({ text, references: [], metadata, ruleSet }).guid)).toBe(expected);
  });

  it('tells empty metadata from none', () => {
    const empty = parseMetadata({ properties: {} })!;
    expect(identityOf({ text, references: [], metadata: empty }).guid).not.toBe(
      identityOf({ text, references: [] }).guid,
    );
  });
});

describe('numberedGuids', () => {
  it('are those of the content with each number, the text hashed once for all', () => {
    const metadata = parseMetadata({ properties: { a: 'v', z: 'w' }, tags: { '**': ['A'] } })!;
    const ruleSet = parseRuleSet({
      domainRules: [{ name: 'r', kind: 'CONDITION', mode: 'WRITE', type: 'CEL' }],
    })!;
    for (const content of [
      { text, references: [] },
      { text, references, metadata, ruleSet },
    ]) {
      const guids = numberedGuids(content);
      for (const version of [1, 2, 2_000]) {
        const numbered = { ...content, metadata: withVersion(content.metadata, version) };
        expect(guids(version)).toBe(identityOf(numbered).guid);
      }
    }
    let readings = 0;
    const watched = {
      references: [],
      get text() {
        readings += 1;
        return text;
      },
    };
    const guids = numberedGuids(watched);
    expect(guids(1)).not.toBe(guids(2));
    expect(readings).toBe(1);
  });
});

describe('normalized', () => {
  it('sorts members by name at every level, as texts and not as numbers, and keeps literals', () => {
    const given = '{"b":[{"z":1.0,"a":1e2}],"10":0,"9":12345678901234567890,"a":"x y"}';
    expect(normalized({ text: given, references: [] }).text).toBe(
      '{"10":0,"9":12345678901234567890,"a":"x y","b":[{"a":1e2,"z":1.0}]}',
    );
  });

  it('sorts references and names each once', () => {
    const ref = (name: string) => ({ name, subject: name, version: 1 });
    const { references: sorted } = normalized({ text, references: [ref('b'), ref('a'), ref('b')] });
    expect(sorted.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('means the same, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = normalized({ text: JSON.stringify(value), references: [] });
        expect(JSON.parse(once.text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(normalized(once)).toEqual(once);
      }),
    );
  });
});
