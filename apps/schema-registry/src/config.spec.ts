import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSettings, projectFile } from '#service';
import { readRegistryConfig, REGISTRY_SETTINGS } from './config.js';

const DATABASE_URL = 'postgresql://a@127.0.0.1/a';

describe('settings of the schema registry', () => {
  it('are none but a database', () => {
    expect(readRegistryConfig({ DATABASE_URL })).toMatchObject({
      kafkaBrokers: undefined,
      keyFile: undefined,
      outbox: 'off',
      authentication: true,
      read: 'open',
    });
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.0.2.1',
    'registry.example',
    '127.0.0.1.example',
    'localhost.example',
    '1127.0.0.1',
  ])('never switch authentication off on %s', (HOST) => {
    expect(() => readRegistryConfig({ DATABASE_URL, HOST, REGISTRY_AUTH: 'off' })).toThrow(
      /REGISTRY_AUTH: off is for/,
    );
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('may switch authentication off on %s', (HOST) => {
    expect(readRegistryConfig({ DATABASE_URL, HOST, REGISTRY_AUTH: 'off' }).authentication).toBe(false);
  });

  it.each([
    [{ KAFKA_BROKERS: 'kafka:9092' }, 'WASL_KEY_FILE'],
    [{ REGISTRY_OUTBOX: 'keep' }, 'WASL_KEY_FILE'],
    [{ REGISTRY_AUTH: 'off', REGISTRY_READ: 'accounts' }, 'REGISTRY_AUTH'],
    [{ REGISTRY_AUTH: 'off', REGISTRY_ACCOUNTS_FILE: 'x.json' }, 'REGISTRY_AUTH'],
    [{ REGISTRY_AUTH: 'of' }, 'REGISTRY_AUTH'],
    [{ REGISTRY_READ: 'all' }, 'REGISTRY_READ'],
  ])('%j do not go together', (env, named) => {
    expect(() => readRegistryConfig({ DATABASE_URL, ...env })).toThrow(named);
  });

  it('stand in docs/registry-alone.md as they are', () => {
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.replace(/\s*\|\s*/g, '|'));
    const [, settings] = readFileSync(projectFile('docs/registry-alone.md'), 'utf8').split(/^## Settings$/m);
    expect(rows(settings!.split('\n## ')[0]!)).toEqual(rows(describeSettings(REGISTRY_SETTINGS)));
  });
});
