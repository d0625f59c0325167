import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pointerToken } from '../json-pointer.js';
import { locateInJson, locateInYaml } from './positions.js';

/** The text from a position on. */
function from(text: string, { line, column }: { line: number; column: number }): string {
  return text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
}

it('locates the name of every member and every item, however the text is laid out', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const locate = locateInJson(text);
      const check = (inside: unknown, pointer: string): void => {
        if (typeof inside !== 'object' || inside === null) return;
        for (const [name, member] of Object.entries(inside)) {
          const at = pointer + pointerToken(name);
          const start = Array.isArray(inside)
            ? JSON.stringify(member, null, indent).charAt(0)
            : JSON.stringify(name);
          expect(from(text, locate(at)).startsWith(start)).toBe(true);
          check(member, at);
        }
      };
      check(value, '');
    }),
  );
});

it('is not led astray by braces, commas and escapes inside strings', () => {
  const text = '{\n  "a\\"},[": ["x\\\\", "},{"],\n  "b": {"c/d": 1e-3}\n}';
  const locate = locateInJson(text);
  expect(locate('/a"},[/1')).toEqual({ line: 2, column: 21 });
  expect(locate('/b/c~1d')).toEqual({ line: 3, column: 9 });
});

it('locates what is missing at its nearest ancestor', () => {
  expect(locateInJson('{\n "a": {}\n}')('/a/title/x')).toEqual({ line: 2, column: 2 });
  expect(locateInJson('{\n "a": {}\n}')('/b')).toEqual({ line: 1, column: 1 });
});

it('keeps no more pointers than it can afford', () => {
  const name = 'k'.repeat(100_000);
  const members = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`p${n}`, n]));
  const locate = locateInJson(JSON.stringify({ a: 1, [name]: members }, null, 1));
  expect(locate('/a').line).toBe(2);
  expect(locate(`/${name}/p9`).line).toBe(13);
  expect(locate(`/${name}/p4000`).line).toBe(3);
});

it('locates members of YAML', () => {
  const locate = locateInYaml('# contract\nname: x\ntitles:\n  fr: Un\n  ar: واحد\nlist:\n  - a\n  - b: 1\n');
  expect(locate('/titles/ar')).toEqual({ line: 5, column: 3 });
  expect(locate('/list/1/b')).toEqual({ line: 8, column: 5 });
  expect(locate('/titles/en')).toEqual({ line: 3, column: 1 });
  expect(locate('/nothing')).toEqual({ line: 2, column: 1 });
  expect(locateInYaml('')('/a')).toEqual({ line: 1, column: 1 });
});
