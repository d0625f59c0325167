import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processorTime } from '#testing';
import { runsInLinearTime } from './pattern-cost.js';
import { compilePattern } from './pattern.js';

const LINEAR = [
  '^\\d{4}-\\d{2}-\\d{2}$',
  '^[0-9]{18}$',
  '^[A-Z]{2}-[A-Z]+-\\d{4}$',
  '^urn:wasl:[a-z]{2}$',
  '^(19|20)\\d{2}$',
  "^[\\p{Script=Arabic}' -]{1,200}$",
  '^\\S+$',
  '^(?:a|b)?c$',
  'abc',
  '',
];
const NOT_LINEAR = [
  '^(a+)+$',
  '^(a|a)*$',
  '^(a|aa)+$',
  '^([a-z]+)*$',
  '^a*a*$',
  '^.*.*=.*$',
  'a*$',
  '^\\s*(.*)$',
  'x|^(a{1,50}){1,50}$',
  '^(a?){30}a{30}$',
  '^(?:a?a?a?a?a?a?a?a?){4}$',
  '^.{0,1000}.{0,1000}$',
  'a|b*',
  '^.*a{500}$',
  '^a*|b*$',
];

describe('runsInLinearTime', () => {
  it.each(LINEAR)('takes %j', (pattern) => expect(runsInLinearTime(pattern)).toBe(true));
  it.each(NOT_LINEAR)('leaves %j to RE2', (pattern) => expect(runsInLinearTime(pattern)).toBe(false));
  it.each(['(?=a)', '\\1', '(?<n>a)\\k<n>', '^a{2,1', 'a**', '(', ')', '[', 'a{,3}', '^a+?$'])(
    'leaves %j, which it does not know, to RE2',
    (pattern) => expect(runsInLinearTime(pattern)).toBe(false),
  );

  it('whatever it takes is fast on hostile texts', () => {
    const part = fc.constantFrom(
      'a',
      '[ab]',
      '.',
      '\\w',
      '(a|b)',
      '(?:aa|a)',
      '(a?b)',
      'a?',
      'a{1,9}',
      '\\w*',
      'b+',
      'a{0,40}',
    );
    const texts = ['a'.repeat(20_000), 'ab'.repeat(10_000), `${'a'.repeat(20_000)}!`];
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.boolean(), (parts, anchored) => {
        const pattern = `${anchored ? '^' : ''}${parts.join('')}$`;
        fc.pre(runsInLinearTime(pattern));
        const matcher = new RegExp(pattern, 'u');
        const took = processorTime(() => texts.forEach((text) => matcher.test(text)));
        expect(took).toBeLessThan(1_000);
      }),
      { numRuns: 300 },
    );
  });
});

describe('compilePattern', () => {
  it('ends at once where a backtracking engine would not', () => {
    const took = processorTime(() => {
      expect(compilePattern('^(a|a)*$').test(`${'a'.repeat(5_000)}!`)).toBe(false);
      expect(compilePattern('^(a+)+$').test(`${'a'.repeat(5_000)}!`)).toBe(false);
    });
    expect(took).toBeLessThan(2_000);
  });

  it.each(['(?=a)b', '(?!a)b', '(?<=a)b', '(a)\\1', '(', '[z-a]', 'a{2000,3000}b*c*'])(
    'refuses %j',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(SyntaxError);
    },
  );

  it.each([
    ['^\\s+x*$', '\u00a0\u3000', true],
    ['^\\s*x*$', '\u200b', false],
    ['^[\\sx]*y*$', '\u2028x', true],
    ['^\\S*x*$', '\u00a0', false],
    ['^.*x*$', 'a\u2028', false],
    ['^[.]*x*$', '..', true],
    ['^\\p{Script=Arabic}*x*$', 'محمد', true],
    ['^\\p{Letter}*x*$', 'é', true],
    ['^\\u0061*x*$', 'aa', true],
    ['^\\d*\\-\\d*$', '1-2', true],
    ['^\\d*x*$', '٣', false],
    ['a*b*c', 'zzabcz', true],
  ])('in RE2, %j on %j gives %s as ECMA-262 does', (pattern, text, expected) => {
    expect(runsInLinearTime(pattern)).toBe(false);
    expect(compilePattern(pattern).test(text)).toBe(expected);
  });

  it('both engines agree on simple patterns', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '\\d', '\\w', '\\s', '-');
    const repeat = fc.constantFrom('', '?', '*', '+', '{2}', '{1,3}');
    const pattern = fc
      .array(fc.tuple(atom, repeat), { minLength: 1, maxLength: 5 })
      .map((parts) => `^${parts.map((part) => part.join('')).join('')}$`);
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '-', '\n'), maxLength: 8 }),
        (p, text) => {
          expect(compilePattern(p).test(text)).toBe(new RegExp(p, 'u').test(text));
        },
      ),
    );
  });
});
