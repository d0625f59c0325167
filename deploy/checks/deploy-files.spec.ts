import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');
const compose = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }) as {
  services: Record<string, { build?: { args?: { APP?: string } }; image?: string }>;
};

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

describe('deploy/compose.yaml', () => {
  it('lints clean', () => {
    expect(() =>
      execFileSync('node_modules/.bin/dclint', ['--max-warnings=0', 'deploy/compose.yaml'], {
        stdio: 'pipe',
      }),
    ).not.toThrow();
  });

  it('runs every service there is', () => {
    const services = readdirSync('apps').filter((app) => app !== 'cli');
    const built = Object.values(compose.services).map(({ build }) => build?.args?.APP);
    expect(built.filter(Boolean).sort()).toEqual(services.sort());
  });

  it('pins the version of every image', () => {
    for (const { image } of Object.values(compose.services)) if (image) expect(image).toMatch(/:\d/);
  });
});
