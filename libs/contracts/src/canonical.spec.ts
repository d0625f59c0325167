import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, nestsDeeperThan, schemaGuid, schemaSha256 } from './canonical.js';

describe('canonicalText', () => {
  it('drops white space and keeps the order of members, even of names that look like indices', () => {
    expect(canonicalText('{ "b" : 1,\n\t"10": [ 1 , 2 ], "2": { } }')).toBe('{"b":1,"10":[1,2],"2":{}}');
  });

  it('keeps white space and braces inside strings', () => {
    expect(canonicalText('{"a": " { \\" : "}')).toBe('{"a":" { \\" : "}');
  });

  it('writes strings in one way', () => {
    expect(canonicalText('"\\u00e9\\/\\n"')).toBe('"é/\\n"');
  });

  it('keeps numbers as written', () => {
    expect(canonicalText('[1.0, 1e2, 12345678901234567890]')).toBe('[1.0,1e2,12345678901234567890]');
  });

  it('refuses what is not JSON', () => {
    expect(() => canonicalText('{"a":}')).toThrow(SyntaxError);
  });

  it('takes any nesting', () => {
    const deep = `${'[ '.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(canonicalText(deep)).toBe(deep.replaceAll(' ', ''));
  });

  it('is idempotent and means the same for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = canonicalText(JSON.stringify(value, null, 2));
        expect(canonicalText(once)).toBe(once);
        expect(JSON.parse(once)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

it('nestsDeeperThan counts brackets outside strings', () => {
  expect(nestsDeeperThan('[{"a":[]},[]]', 3)).toBe(false);
  expect(nestsDeeperThan('[{"a":[]},[]]', 2)).toBe(true);
  expect(nestsDeeperThan('["[{\\"[{[", []]', 2)).toBe(false);
});

it('schemaGuid is the MD5 as a UUID', () => {
  expect(schemaGuid('{"type":"string"}')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(schemaGuid('')).toBe('d41d8cd9-8f00-b204-e980-0998ecf8427e');
});

it('schemaSha256 is base64url without padding', () => {
  expect(schemaSha256('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
});
