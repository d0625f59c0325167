import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashPassword } from '#protocol';
import { createLogger } from '#service';
import { AccountCallers } from './account-callers.js';
import { Accounts } from './accounts.js';
import type { Credentials } from './credentials.js';

const PASSWORD = 'correct horse battery staple';
const TOKEN = 'wasl_0123456789012345678901';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
let file: string;
let hash: string;
let accounts: Accounts;
let log = '';

function write(...entries: object[]): void {
  writeFileSync(file, JSON.stringify({ accounts: entries }));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wasl-accounts-'));
  file = join(folder, 'accounts.json');
  hash = await hashPassword(PASSWORD, Buffer.alloc(16, 7));
  write(
    { name: 'orders', password: hash, write: ['orders-*'] },
    { name: 'ended', password: hash, expires: '2026-01-01T00:00:00Z' },
    { name: 'ci', tokenSha256: sha256(TOKEN), admin: true },
  );
  const logger = createLogger('spec', 'trace', { write: (line) => void (log += line) });
  accounts = new Accounts(file, logger, 20);
});
afterAll(() => {
  accounts.close();
  rmSync(folder, { recursive: true });
});

const basic = (name: string, password: string): Credentials => ({
  scheme: 'basic',
  name,
  password: Buffer.from(password),
});
const bearer = (token: string): Credentials => ({ scheme: 'bearer', token });

/** Code of the refusal, or who was let in. */
async function outcome(callers: AccountCallers, credentials: Credentials, ip = '192.0.2.1'): Promise<string> {
  try {
    return (await callers.callerOf(credentials, ip)).system;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('accounts', () => {
  it.each([
    ['the right password', basic('orders', PASSWORD), 'account:orders'],
    ['the right token', bearer(TOKEN), 'account:ci'],
    ['a wrong password', basic('orders', 'wrong'), 'not-authenticated'],
    ['the hash for a password', basic('orders', 'hash'), 'not-authenticated'],
    ['an empty password', basic('orders', ''), 'not-authenticated'],
    ['an unknown name', basic('nobody', PASSWORD), 'not-authenticated'],
    ['an inherited name', basic('__proto__', PASSWORD), 'not-authenticated'],
    ['a password for an account with a token', basic('ci', TOKEN), 'not-authenticated'],
    ['an account that has ended', basic('ended', PASSWORD), 'not-authenticated'],
    ['a wrong token', bearer('wasl_1'), 'not-authenticated'],
    ['the hash for a token', bearer(sha256(TOKEN)), 'not-authenticated'],
  ])('%s', async (_name, credentials, expected) => {
    expect(await outcome(new AccountCallers(accounts), credentials)).toBe(expected);
  });

  it('answer alike to a wrong password and an unknown name', async () => {
    const callers = new AccountCallers(accounts);
    const details = await Promise.all(
      ['orders', 'nobody'].map(async (name) => {
        const refusal = await Promise.resolve(callers.callerOf(basic(name, 'x'), '::1')).catch(
          (error) => error,
        );
        return (refusal as { detail: string }).detail;
      }),
    );
    expect(details[0]).toBe(details[1]);
  });

  it('check a password once for many requests, and none of another name or ending', async () => {
    const callers = new AccountCallers(accounts);
    const begin = process.cpuUsage();
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, () => outcome(callers, basic('orders', PASSWORD))),
    );
    expect(new Set(outcomes)).toEqual(new Set(['account:orders']));
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(10_000);
    expect(callers.callerOf(basic('orders', PASSWORD), '::1')).not.toBeInstanceOf(Promise);
    expect(await outcome(callers, basic('orders', `${PASSWORD} `))).toBe('not-authenticated');
  });
});

describe('whoever guesses', () => {
  it('has to wait by address, of IPv6 by network; who was known before has not', async () => {
    let now = Date.parse('2026-11-01T00:00:00Z');
    const callers = new AccountCallers(accounts, () => now);
    expect(await outcome(callers, basic('orders', PASSWORD), '2001:db8::1')).toBe('account:orders');
    for (let guess = 0; guess < 11; guess += 1)
      await outcome(callers, bearer(`guess${guess}`), `2001:db8::${guess}`);
    expect(await outcome(callers, basic('ended', PASSWORD), '2001:db8:0:0:9::1')).toBe('too-many-requests');
    expect(await outcome(callers, basic('orders', PASSWORD), '2001:db8::1')).toBe('account:orders');
    expect(await outcome(callers, bearer(TOKEN), '2001:db8::1')).toBe('account:ci');
    expect(await outcome(callers, bearer('guess'), '2001:db8:0:1::1')).toBe('not-authenticated');
    now += 1_000;
    expect(await outcome(callers, bearer('guess'), '2001:db8::1')).toBe('not-authenticated');
  });

  it('has to wait by name from whatever address, be there such an account or not', async () => {
    const callers = new AccountCallers(accounts);
    const guesses = Array.from({ length: 11 }, (_, guess) => guess);
    for (const name of ['orders', 'nobody']) {
      await Promise.all(
        guesses.map((guess) => outcome(callers, basic(name, `${guess}`), `192.0.2.${guess}`)),
      );
      expect(await outcome(callers, basic(name, PASSWORD), '198.51.100.1')).toBe('too-many-requests');
    }
  });
});

describe('a changed file', () => {
  it('counts within moments, for passwords that were checked before too; a broken one changes nothing', async () => {
    const callers = new AccountCallers(accounts);
    expect(await outcome(callers, basic('orders', PASSWORD))).toBe('account:orders');
    write({ name: 'late', tokenSha256: sha256(TOKEN), read: ['*'] });
    await vi.waitFor(() => expect(accounts.named('late')).toBeDefined(), 20_000);
    expect(await outcome(callers, basic('orders', PASSWORD))).toBe('not-authenticated');
    expect(await outcome(callers, bearer(TOKEN))).toBe('account:late');
    expect(log).toMatch(/"added":\["late"\],"removed":\[.*"orders".*\],"changed":\[\]/);
    expect(log).not.toContain(sha256(TOKEN));
    appendFileSync(file, '}');
    await vi.waitFor(() => expect(log).toContain('the accounts from before stay in force'), 20_000);
    expect(await outcome(callers, bearer(TOKEN))).toBe('account:late');
  });

  it('is refused at start with its name and what is wrong in it', () => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, '{"accounts":[{"name":"a","password":"hunter2"}]}');
    const logger = createLogger('spec', 'silent');
    expect(() => new Accounts(bad, logger)).toThrow(
      /REGISTRY_ACCOUNTS_FILE: .*bad\.json: \/accounts\/0\/password/,
    );
    expect(() => new Accounts(bad, logger)).not.toThrow(/hunter2/);
    expect(() => new Accounts(join(folder, 'none.json'), logger)).toThrow(/ENOENT/);
  });

  it('leaves no secret in the log', () => {
    for (const secret of [PASSWORD, TOKEN, hash, sha256(TOKEN)]) expect(log).not.toContain(secret);
  });
});
