import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '#service';
import { connectorSettings, type ConfigMap } from '../configuration/connector-config.js';
import { parseRegistrySpec, readRegistrySpec } from './registry-spec.js';

const folder = projectFile('registry-specs');
const schemaText = readFileSync(join(folder, 'x-wasl.schema.json'), 'utf8');
const registries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const connectors = registries.flatMap(({ name }) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.connector.json'))
    .map((file) => [name, file] as const),
);

const minimal = `
openapi: 3.1.0
info: { title: t, version: 1.0.0 }
x-wasl-system: urn:wasl:dz:interior:civil-registry
x-wasl-source:
  births:
    contract: { topic: civil-status.birth.v1, version: 1 }
    table: { name: birth }
    key: [act]
    watermarkColumn: updated_at
    columns:
      - { column: act, pointer: /act, type: text }
`;
const parse = (text: string) => parseRegistrySpec(text, 'r', 'r/openapi.yaml', schemaText);
const failure = (text: string): { message: string; violations: { pointer: string; rule: string }[] } => {
  try {
    parse(text);
  } catch (error) {
    return error as ReturnType<typeof failure>;
  }
  throw new Error('it was accepted');
};

describe('the registry specs of the project', () => {
  it.each(registries.map(({ name }) => name))('%s is well-formed', (name) => {
    expect(readRegistrySpec(folder, name).system).toMatch(/^urn:wasl:dz:/);
  });

  it.each(connectors)('%s/%s configures a connector of it', (registry, file) => {
    const { name, config } = JSON.parse(readFileSync(join(folder, registry, file), 'utf8')) as {
      name: string;
      config: ConfigMap;
    };
    expect(file).toBe(`${name}.connector.json`);
    expect(config['wasl.registry']).toBe(registry);
    expect(connectorSettings(name, config, (one) => readRegistrySpec(folder, one)).name).toBe(name);
  });

  it('are at least four, with five connectors', () => {
    expect(registries.length).toBeGreaterThanOrEqual(4);
    expect(connectors.length).toBeGreaterThanOrEqual(5);
  });
});

describe('parseRegistrySpec', () => {
  it('accepts the least', () => {
    expect(parse(minimal).sources['births']).toMatchObject({ key: ['act'] });
  });

  it.each([
    [
      'a missing table',
      minimal.replace('    table: { name: birth }\n', ''),
      '/x-wasl-source/births',
      'required',
      'add the member "table"',
    ],
    [
      'a type that does not exist',
      minimal.replace('type: text', 'type: varchar'),
      '/x-wasl-source/births/columns/0/type',
      'enum',
      'use one of text',
    ],
    [
      'a pointer without slash',
      minimal.replace('/act, type', 'act, type'),
      '/x-wasl-source/births/columns/0/pointer',
      'pattern',
      'matches',
    ],
    [
      'a misspelt member',
      minimal.replace('watermarkColumn', 'watermark'),
      '/x-wasl-source/births',
      'additionalProperties',
      '"watermark"',
    ],
    [
      'an extension that does not exist',
      `${minimal}x-wasl-sinks: {}\n`,
      '/x-wasl-sinks',
      'false schema',
      'does not exist',
    ],
    [
      'neither source nor sink',
      minimal.slice(0, minimal.indexOf('x-wasl-source')),
      '',
      'anyOf',
      'add x-wasl-source',
    ],
    ['an OpenAPI of another version', minimal.replace('3.1.0', '3.0.3'), '/openapi', 'pattern', '3'],
    [
      'a pointer inside another',
      `${minimal}      - { column: n, pointer: /act/number, type: text }\n`,
      '/x-wasl-source/births/columns',
      'pointer-clash',
      'keep one',
    ],
  ])('names file, pointer and mend for %s', (_, text, pointer, rule, mend) => {
    const { message, violations } = failure(text);
    expect(violations).toContainEqual(expect.objectContaining({ pointer, rule }));
    expect(message).toContain(`r/openapi.yaml ${pointer || '/'}: `);
    expect(message).toContain(mend);
  });

  it('refuses a sink whose key is not mapped', () => {
    const sink = minimal
      .replace('x-wasl-source', 'x-wasl-sink')
      .replace('    watermarkColumn: updated_at\n', '')
      .replace('key: [act]', 'key: [act, office]');
    expect(failure(sink).violations).toContainEqual(expect.objectContaining({ rule: 'key-unmapped' }));
  });

  it('refuses what is not YAML, and bombs of aliases', () => {
    expect(failure('a: [').message).toContain('is not YAML');
    const bomb = `a: &a [x,x]\n${'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(failure(bomb).message).toContain('is not YAML');
  });

  it.each(['../secrets', 'a/b', '', 'A', '..'])(
    'refuses the registry name %j before touching a file',
    (name) => {
      expect(() => readRegistrySpec(folder, name)).toThrow(
        expect.objectContaining({ code: 'malformed-request' }),
      );
    },
  );

  it('says which registry does not exist', () => {
    expect(() => readRegistrySpec(folder, 'tax')).toThrow(/tax\/openapi\.yaml/);
  });
});
