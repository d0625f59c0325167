import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8Of } from './body-text.js';

const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const json = fc.json({ maxDepth: 2 });

it('a JSON body is the same text in any encoding that clients write', () => {
  fc.assert(
    fc.property(json, fc.constantFrom('', '\uFEFF'), (text, mark) => {
      const little = Buffer.from(mark + text, 'utf16le');
      for (const bytes of [Buffer.from(mark + text), little, swapped(little)])
        expect(utf8Of(bytes).toString()).toBe(text);
    }),
  );
});

it('what is UTF-8 or nothing is left alone', () => {
  fc.assert(
    fc.property(json, (text) => {
      const body = Buffer.from(text);
      expect(utf8Of(body)).toBe(body);
    }),
  );
  // Half a surrogate pair, half a character, UTF-32.
  for (const bytes of [
    [],
    [0x31],
    [0x22, 0, 0, 0xd8, 0x22, 0],
    [0x22, 0, 0x22],
    [0, 0, 0, 0x31],
    [0xff, 0xff],
  ])
    expect(utf8Of(Buffer.from(bytes))).toEqual(Buffer.from(bytes));
});
