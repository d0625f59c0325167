import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashPassword } from '#protocol';
import { projectFile } from '#service';
import { type TestDatabase, testDatabase } from '#testing';

const PASSWORD = 'correct-horse-battery-staple';
const WRONG = 'wrong-horse-battery-staple';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'wasl-alone-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** The registry as its own process; gathers all that it says. */
function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [projectFile('dist/apps/schema-registry/src/main.js')], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATABASE_URL: database.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const url = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        const found = /"url":"(http[^"]+)"/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
  });
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, said }));
  return { child, url, ended };
}

it('needs a database alone, takes a password, and tells no secret to its log', async () => {
  const accounts = [{ name: 'team', password: await hashPassword(PASSWORD, Buffer.alloc(16)), write: ['*'] }];
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts }));
  const { child, url, ended } = run({ REGISTRY_ACCOUNTS_FILE: file, LOG_LEVEL: 'trace' });
  const register = async (credentials: string) => {
    const response = await fetch(`${await url}/subjects/a/versions`, {
      method: 'POST',
      headers: { authorization: credentials, 'content-type': 'application/json' },
      body: JSON.stringify({ schemaType: 'JSON', schema: '{}' }),
    });
    return response.status;
  };
  const basic = (password: string) => `Basic ${Buffer.from(`team:${password}`).toString('base64')}`;
  expect(await register(basic(PASSWORD))).toBe(200);
  expect(await register(basic(WRONG))).toBe(401);
  expect(await register(`Bearer ${WRONG}`)).toBe(401);
  child.kill('SIGTERM');
  const { code, said } = await ended;
  expect(code).toBe(0);
  expect(said).toContain('account:team');
  for (const secret of [PASSWORD, WRONG, basic(PASSWORD).slice(6), basic(WRONG).slice(6), 'scrypt'])
    expect(said).not.toContain(secret);
});

it('without authentication does not start on an address that others reach', async () => {
  const { ended } = run({ REGISTRY_AUTH: 'off', HOST: '0.0.0.0' });
  const { code, said } = await ended;
  expect(code).not.toBe(0);
  expect(said).toContain('REGISTRY_AUTH: off is for development');
});

it('without authentication says so in its log and in /', async () => {
  const { child, url, ended } = run({ REGISTRY_AUTH: 'off' });
  expect(await (await fetch(`${await url}/`)).json()).toEqual({ authentication: 'off' });
  child.kill('SIGTERM');
  expect((await ended).said).toMatch(/"level":40.*REGISTRY_AUTH=off/);
});
