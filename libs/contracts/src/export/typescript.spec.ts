import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { SchemaObject } from '../schema-walk.js';
import { EXPORTED } from './spec-contracts.js';
import { toTypeScript } from './typescript.js';

const base = EXPORTED[0]!;
const typesOf = (flat: SchemaObject) => toTypeScript({ ...base, name: 'demo.thing', flat });

/** What the compiler has against a module, in strict mode and with no other library than its own. */
function complaints(source: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === 'types.ts'
      ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2023)
      : getSourceFile(file, ...rest);
  const program = ts.createProgram(['types.ts'], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe.each(EXPORTED.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  it('compiles and is the same each time', () => {
    const source = toTypeScript(contract);
    expect(complaints(source)).toEqual([]);
    expect(toTypeScript(contract)).toBe(source);
  });
});

it('types a payload', () => {
  const source = typesOf({
    title: 'Thing',
    'x-titles': { fr: 'Chose', ar: 'شيء', en: 'Thing' },
    type: 'object',
    required: ['code', 'kind'],
    additionalProperties: false,
    properties: {
      code: { type: 'string', maxLength: 8 },
      kind: { enum: ['a', 'b', 3] },
      'odd name': { type: ['integer', 'null'] },
      parts: { type: 'array', items: { $ref: '#' } },
      pair: { prefixItems: [{ type: 'string' }], items: false },
      either: { oneOf: [{ $ref: '#/$defs/Place' }, { type: 'boolean' }] },
      free: {},
    },
    $defs: { Place: { type: 'object', additionalProperties: { type: 'number' } } },
  });
  expect(source.slice(source.indexOf('/** Chose'))).toMatchInlineSnapshot(`
    "/** Chose · شيء · Thing */
    export type Thing = {
      /** @maxLength 8 */
      code: string;
      kind: "a" | "b" | 3;
      "odd name"?: number | null;
      parts?: Thing[];
      pair?: [string?];
      either?: Place | boolean;
      free?: unknown;
    };

    export type Place = Record<string, number>;
    "
  `);
  const uses = `
    export const good: Thing[] = [{ code: 'x', kind: 3, 'odd name': null, parts: [], pair: ['x'], either: { a: 1 } }];
    // @ts-expect-error
    export const missing: Thing = { code: 'x' };
    // @ts-expect-error
    export const other: Thing = { code: 'x', kind: 'c' };
    // @ts-expect-error
    export const extra: Thing = { code: 'x', kind: 'a', more: 1 };`;
  expect(complaints(source + uses)).toEqual([]);
});

it('survives hostile names, texts and shapes', () => {
  let deep: SchemaObject = { type: 'string' };
  for (let level = 0; level < 60; level += 1) deep = { type: 'array', items: deep };
  const source = typesOf({
    type: 'object',
    description: '*/ export const injected = 1; /*\n\u2028',
    properties: {
      '"];x': { const: '"\n' },
      __proto__x: { $ref: '#/$defs/*~1' },
      constructor: { enum: [] },
      deep,
      a: { $ref: '#/$defs/Record' },
      b: { $ref: '#/$defs/thing' },
      c: { $ref: 'https://example.org/x' },
      d: { anyOf: [true, false] },
    },
    $defs: {
      '*/': { type: 'boolean' },
      Record: { type: 'object' },
      thing: { type: 'string', deprecated: true },
      '9': true,
    },
  });
  expect(complaints(source)).toEqual([]);
  expect(source).not.toMatch(/^export const/m);
});
