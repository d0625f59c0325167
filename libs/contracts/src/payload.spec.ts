import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePayload } from './payload.js';

const parse = (text: string) => parsePayload(Buffer.from(text));
const refusal = (bytes: Uint8Array) => {
  try {
    parsePayload(bytes);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('was accepted');
};

describe('parsePayload', () => {
  it('gives what JSON.parse gives for any JSON value without __proto__', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20, noProtoKeys: true } as never), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['two values', Buffer.from('{}{}')],
    ['a trailing comma', Buffer.from('[1,]')],
    ['NaN', Buffer.from('NaN')],
    ['an unfinished string', Buffer.from('{"a":"b')],
    ['an escape at the end', Buffer.from('"\\')],
    ['a control character in a string', Buffer.from('"\u0001"')],
    ['a member twice', Buffer.from('{"a":1,"a":2}')],
    ['a member twice, once escaped', Buffer.from('{"a":1,"\\u0061":2}')],
    ['a member twice, deep inside', Buffer.from('[{"x":{"a":{},"b":1,"a":null}}]')],
    ['an index-like member twice', Buffer.from('{"1":0,"1":0}')],
    ['__proto__', Buffer.from('{"__proto__":{"admin":true}}')],
    ['__proto__ escaped', Buffer.from('{"a":[{"\\u005f_proto__":1}]}')],
    ['half a surrogate pair', Buffer.from('{"a":"\\ud800"}')],
    ['half a surrogate pair in a name', Buffer.from('{"\\udc00":1}')],
    ['half a surrogate pair at the top', Buffer.from('"\\ud83d"')],
  ])('refuses %s', (_name, bytes) => {
    expect(refusal(bytes).code).toBe('malformed-body');
  });

  it('refuses nesting beyond the bound, not before', () => {
    expect(parse('['.repeat(64) + ']'.repeat(64))).toBeInstanceOf(Array);
    expect(refusal(Buffer.from('['.repeat(65) + ']'.repeat(65))).code).toBe('malformed-body');
    expect(refusal(Buffer.from('{"a":'.repeat(100_000))).code).toBe('malformed-body');
  });

  it('does not take brackets and colons in strings for structure', () => {
    expect(parse(`{"a":"${'[{:'.repeat(100)}\\"::"}`)).toEqual({ a: `${'[{:'.repeat(100)}"::` });
  });

  it('accepts a whole pair written as escapes, and the same name in different objects', () => {
    expect(parse('{"a":"\\ud83d\\ude00","b":{"a":1}}')).toEqual({ a: '😀', b: { a: 1 } });
  });

  it('never quotes the payload', () => {
    expect(refusal(Buffer.from('{"nin":"100010001234567890",}')).message).not.toContain('1000');
  });

  it('reads a view into a larger buffer', () => {
    const bytes = new Uint8Array(Buffer.from('xx{"a":1}yy')).subarray(2, 9);
    expect(parsePayload(bytes)).toEqual({ a: 1 });
  });
});
