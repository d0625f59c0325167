import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointerToNul } from './nul.js';

describe('U+0000', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a body without it', { a: ['b', 1, null, true, { c: 'naïve 😀' }] }, undefined],
    ['no body', undefined, undefined],
    ['a text', '\0', ''],
    ['a member', { a: { b: ['x', 'y\0z'] } }, '/a/b/1'],
    ['the first of two', { a: 'x\0', b: '\0' }, '/a'],
    ['the name of a member', { a: { 'b\0': 1 } }, '/a/b\0'],
    ['below a name that is escaped', { 'a/b~c': '\0' }, '/a~1b~0c'],
    ['an escape of U+0000 in a text of JSON', { schema: '{"const":"\\u0000"}' }, undefined],
  ])('is found: %s', (_, value, pointer) => {
    expect(pointerToNul(value)).toBe(pointer);
  });

  it('is found at any depth', () => {
    const depth = 200_000;
    const value: unknown = JSON.parse('['.repeat(depth) + '"\\u0000"' + ']'.repeat(depth));
    expect(pointerToNul(value)).toBe('/0'.repeat(depth));
    expect(pointerToNul(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toBeUndefined();
  });

  it('is found exactly where JSON as PostgreSQL reads it has such an escape', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        // Without backslashes of the text itself, what is left of them are escapes.
        const text = JSON.stringify(value).replaceAll('\\\\', '');
        const has = text.includes('\\u0000');
        expect(pointerToNul(value) !== undefined).toBe(has);
      }),
    );
  });
});
