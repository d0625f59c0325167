import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'apps', 'libs', 'deploy', 'bench'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\.(ts|mjs)$/.test(file));
const lines = new Map(files.map((file) => [file, readFileSync(file, 'utf8').split('\n').length]));
const sizes = [...lines.entries()]
  .filter(([file]) => !/spec\.ts$/.test(file))
  .map(([, count]) => count)
  .sort((a, b) => a - b);
const percentile = (p: number) => sizes[Math.floor((sizes.length - 1) * p)] ?? 0;

describe('file sizes, in lines', () => {
  it('median at most 80', () => expect(percentile(0.5)).toBeLessThanOrEqual(80));
  it('90th percentile at most 200', () => expect(percentile(0.9)).toBeLessThanOrEqual(200));
  it('no file over 400', () => expect([...lines].filter(([, count]) => count > 400)).toEqual([]));
});
