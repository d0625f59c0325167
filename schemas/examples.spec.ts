import { describe, expect, it } from 'vitest';
import { CompiledContract, governanceViolations, lintSchema, readContracts } from '#contracts';

const contracts = readContracts(import.meta.dirname);

it('there are contracts', () =>
  expect(contracts.map(({ topic }) => topic)).toContain('civil-status.birth.v1'));

describe.each(contracts.map((contract) => [contract.topic, contract] as const))('%s', (_topic, contract) => {
  const { governance, examples, schemaText } = contract;

  it('passes the linter', () => expect(lintSchema(schemaText)).toEqual([]));

  it('has complete governance', () => {
    expect(governanceViolations(governance)).toEqual([]);
    if (governance.kind !== 'type') expect(governance.retention).not.toBe('');
  });

  it('names every property in French, Arabic and English', () => {
    expect(untitled(JSON.parse(schemaText), '')).toEqual([]);
  });

  it('has enough examples', () => {
    expect(examples.valid.length).toBeGreaterThanOrEqual(4);
    expect(examples.invalid.length).toBeGreaterThanOrEqual(6);
  });

  const compiled = CompiledContract.compile(schemaText);

  it.each(examples.valid.map(({ file, payload }) => [file, payload]))('accepts %s', (_file, payload) => {
    expect(compiled.validate(payload)).toEqual([]);
  });

  it.each(examples.invalid.map((example) => [example.file, example] as const))(
    'refuses %s',
    (_file, example) => {
      expect(compiled.validate(example.payload).map(({ pointer, rule }) => ({ pointer, rule }))).toEqual([
        example.expected,
      ]);
    },
  );
});

function untitled(schema: unknown, pointer: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const missing: string[] = [];
  for (const keyword of ['properties', '$defs'] as const) {
    for (const [name, property] of Object.entries((schema as Record<string, object>)[keyword] ?? {})) {
      const at = `${pointer}/${keyword}/${name}`;
      const titles = (property as Record<string, unknown>)['x-titles'];
      if (
        Object.keys(titles ?? {})
          .sort()
          .join() !== 'ar,en,fr'
      )
        missing.push(at);
      missing.push(...untitled(property, at));
    }
  }
  return missing;
}
