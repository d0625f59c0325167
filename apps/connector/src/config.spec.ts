import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from '#service';
import { CONNECTOR_SETTINGS } from './config.js';
import { definitionsOf, SINK_CLASS, SOURCE_CLASS } from './configuration/definitions.js';

const text = readFileSync(projectFile('docs/services/connector.md'), 'utf8');

describe('docs/services/connector.md', () => {
  it.each(Object.values(CONNECTOR_SETTINGS).map(({ env, fallback }) => [env, fallback?.shown ?? '']))(
    'names the variable %s and its default',
    (env, shown) => {
      const row = text.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${env}\``));
      expect(row).toBeDefined();
      expect(row).toContain(shown);
    },
  );

  it.each(
    [SOURCE_CLASS, SINK_CLASS].flatMap((plugin) =>
      (definitionsOf(plugin) ?? []).map(({ name, default_value }) => [plugin, name, default_value ?? '']),
    ),
  )('names the setting %s %s and its default', (_, name, value) => {
    const rows = text.split('\n').filter((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(rows.some((row) => row.includes(value))).toBe(true);
  });
});
