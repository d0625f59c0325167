import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
const COMPOSE_FILES = ['deploy/compose.yaml', 'deploy/registry-alone.compose.yaml'];

interface Compose {
  services: Record<string, { build?: { args?: { APP?: string } }; image?: string }>;
}

const readCompose = (file: string) => parse(readFileSync(file, 'utf8'), { merge: true }) as Compose;

describe('deploy/Dockerfile', () => {
  it('lints clean', () => {
    const all = ValidationSeverity.ERROR;
    const problems = validate(dockerfile, {
      deprecatedMaintainer: all,
      directiveCasing: all,
      instructionCasing: all,
    });
    expect(problems).toEqual([]);
  });

  it('runs as an unprivileged user', () => expect(dockerfile).toMatch(/^USER node$/m));
});

describe.each(COMPOSE_FILES)('%s', (file) => {
  it('lints clean', () => {
    expect(() =>
      execFileSync('node_modules/.bin/dclint', ['--max-warnings=0', file], { stdio: 'pipe' }),
    ).not.toThrow();
  });

  it('pins the version of every image', () => {
    for (const { image } of Object.values(readCompose(file).services))
      if (image) expect(image).toMatch(/:\d/);
  });
});

describe('deploy/compose.yaml', () => {
  const compose = readCompose('deploy/compose.yaml');

  it('runs every service there is', () => {
    const services = readdirSync('apps').filter((app) => app !== 'cli');
    const built = Object.values(compose.services).map(({ build }) => build?.args?.APP);
    expect(built.filter(Boolean).sort()).toEqual(services.sort());
  });
});
