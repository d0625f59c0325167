import { describe, expect, it } from 'vitest';
import { mergeMetadata, metadataAnswer, parseMetadata, ShapeError, withVersion } from './metadata.js';
import { mergeRuleSets, parseRuleSet, RuleError, ruleSetAnswer } from './rule-set.js';

describe('metadata', () => {
  it('is nothing when absent, and sorted and shown without what is empty otherwise', () => {
    expect(parseMetadata(undefined)).toBeUndefined();
    expect(parseMetadata(null)).toBeUndefined();
    const metadata = parseMetadata({
      properties: { b: '1', a: '2' },
      tags: { x: ['B', 'A', 'B'] },
      unknown: 1,
    })!;
    expect(JSON.stringify(metadataAnswer(metadata))).toBe(
      '{"tags":{"x":["A","B"]},"properties":{"a":"2","b":"1"}}',
    );
  });

  it.each<[string, unknown]>([
    ['a text', 'x'],
    ['a list', []],
    ['a number as a property', { properties: { a: 1 } }],
    ['a text for tags', { tags: { a: 'PII' } }],
    ['a NUL', { properties: { a: '\0' } }],
    ['a property without end', { properties: { a: 'x'.repeat(10_001) } }],
    [
      'very many properties',
      { properties: Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [n, ''])) },
    ],
    ['very many sensitive names', { sensitive: Array.from({ length: 1_001 }, String) }],
  ])('refuses %s', (_name, value) => expect(() => parseMetadata(value)).toThrow(ShapeError));

  it('keeps a property named __proto__ as any other', () => {
    const metadata = parseMetadata(JSON.parse('{"properties":{"__proto__":"x"}}'))!;
    expect(Object.keys(metadata.properties)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('merges by member, the newer before the older', () => {
    const older = parseMetadata({ properties: { a: '1', b: '1' }, sensitive: ['a'] })!;
    const newer = parseMetadata({ properties: { b: '2' }, sensitive: ['b'] })!;
    expect(metadataAnswer(mergeMetadata(older, newer)!)).toEqual({
      properties: { a: '1', b: '2' },
      sensitive: ['a', 'b'],
    });
    expect(mergeMetadata(undefined, newer)).toBe(newer);
    expect(withVersion(older, 7).properties['confluent:version']).toBe('7');
  });
});

describe('a rule set', () => {
  const rule = { name: 'r', type: 'CEL' };

  it('gets the defaults of its members', () => {
    const ruleSet = parseRuleSet({ domainRules: [rule] })!;
    const shown = { name: 'r', kind: 'TRANSFORM', mode: 'WRITEREAD', type: 'CEL', disabled: false };
    expect(ruleSetAnswer(ruleSet)).toEqual({ domainRules: [shown] });
  });

  it.each<[string, unknown]>([
    ['without a name', { domainRules: [{ type: 'CEL' }] }],
    ['with an empty name', { domainRules: [{ ...rule, name: '' }] }],
    ['whose name starts with a digit', { domainRules: [{ ...rule, name: '1' }] }],
    ['whose name has a space', { domainRules: [{ ...rule, name: 'a b' }] }],
    ['with a name of 257 characters', { domainRules: [{ ...rule, name: 'x'.repeat(257) }] }],
    ['named twice', { domainRules: [rule, rule] }],
    ['without a type', { domainRules: [{ name: 'r' }] }],
    ['of another kind', { domainRules: [{ ...rule, kind: 'WISH' }] }],
    ['of a migration among the domain rules', { domainRules: [{ ...rule, mode: 'UPGRADE' }] }],
    ['of the domain among the migrations', { migrationRules: [{ ...rule, mode: 'READ' }] }],
    [
      'with two actions for one direction',
      { domainRules: [{ ...rule, mode: 'WRITE', onFailure: 'DLQ,ERROR' }] },
    ],
    ['enabled elsewhere', { domainRules: [rule], enableAt: 'MOON' }],
    ['too many', { domainRules: Array.from({ length: 101 }, (_, n) => ({ ...rule, name: `r${n}` })) }],
  ])('is refused: %s', (_name, value) => expect(() => parseRuleSet(value)).toThrow(RuleError));

  it('merges by name', () => {
    const older = parseRuleSet({ domainRules: [rule, { ...rule, name: 's' }], enableAt: 'CLIENT' })!;
    const newer = parseRuleSet({ domainRules: [{ ...rule, expr: 'x' }] })!;
    const merged = mergeRuleSets(older, newer)!;
    expect(merged.domainRules.map(({ name, expr }) => [name, expr])).toEqual([
      ['s', undefined],
      ['r', 'x'],
    ]);
    expect(merged.enableAt).toBe('CLIENT');
  });
});
