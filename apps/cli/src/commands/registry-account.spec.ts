import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, it } from 'vitest';
import { registryAccount } from './registry-account.js';

const folder = mkdtempSync(join(tmpdir(), 'wasl-account-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes the file of accounts, its folder too, for its owner alone, and replaces an account by its name', async () => {
  const file = join(folder, 'accounts', 'accounts.json');
  const run = async (...args: string[]) => {
    const program = new Command().exitOverride();
    registryAccount(program);
    await program.parseAsync(['account', ...args, '--json', '--file', file], { from: 'user' });
    return JSON.parse(readFileSync(file, 'utf8')) as { accounts: { name: string }[] };
  };
  expect(await run('orders', '--write', 'orders-*')).toMatchObject({
    accounts: [{ name: 'orders', write: ['orders-*'] }],
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await run('deploy', '--admin', '--token');
  const { accounts } = await run('orders', '--write', ':.orders:*');
  expect(accounts).toMatchObject([
    { name: 'deploy', admin: true },
    { name: 'orders', write: [':.orders:*'] },
  ]);
});
