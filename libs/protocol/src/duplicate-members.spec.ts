import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasDuplicateMember } from './duplicate-members.js';

describe('hasDuplicateMember', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":1}}',
    '[{"a":1},{"b":[{"c":1,"c":2}]}]',
    '{"a":1,"\\u0061":2}',
    '{"":1,"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":"}","b":[1,2],"a":null}',
  ])('finds the one in %s', (json) => {
    expect(hasDuplicateMember(json)).toBe(true);
  });

  it.each([
    '{}',
    '{"a":1,"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a\\"":1,"a":2}',
    '"a"',
  ])('finds none in %s', (json) => {
    expect(hasDuplicateMember(json)).toBe(false);
  });

  it('finds none in any JSON that was printed from a value, one once a member is repeated', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(4), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        expect(hasDuplicateMember(json)).toBe(false);
        const [name] = Object.keys(value) as [string];
        expect(hasDuplicateMember(json.replace('{', () => `{${JSON.stringify(name)}: [],`))).toBe(true);
      }),
    );
  });
});
