import { readFileSync } from 'node:fs';
import { describeSettings, projectFile } from '#service';
import { describe, expect, it } from 'vitest';
import { GATEWAY_SETTINGS } from './config.js';

describe('settings', () => {
  it('stand in docs/services/gateway.md as they are', () => {
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.replace(/\s*\|\s*/g, '|'));
    const documented = rows(
      readFileSync(projectFile('docs/services/gateway.md'), 'utf8').split('## Failure')[0]!,
    );
    expect(documented).toEqual(rows(describeSettings(GATEWAY_SETTINGS)));
  });
});
