import { describe, expect, it } from 'vitest';
import { parseAccounts } from './accounts-file.js';
import type { RegistryAction } from './rights.js';

const PASSWORD = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'B'.repeat(43)}`;
const TOKEN = 'ab'.repeat(32);

const parse = (...accounts: unknown[]) => parseAccounts(Buffer.from(JSON.stringify({ accounts })));

describe('parseAccounts', () => {
  it('reads accounts with their rights', () => {
    const [team, admin] = parse(
      { name: 'orders', password: PASSWORD, write: ['orders-*'], expires: '2027-01-31T00:00:00Z' },
      { name: 'root@shop', tokenSha256: TOKEN, admin: true },
    );
    expect(team).toMatchObject({ name: 'orders', expires: Date.UTC(2027, 0, 31), caller: { roles: [] } });
    expect(team!.caller).toMatchObject({
      system: 'account:orders',
      rights: { readsAll: false, readsSome: true },
    });
    expect(admin!.caller.roles).toContain('steward');
    expect(admin!.caller.rights.allows('admin', undefined)).toBe(true);
  });

  it('lets whoever may change a subject read it, and does no more than asked', () => {
    const [account] = parse({
      name: 'a',
      tokenSha256: TOKEN,
      read: ['r'],
      write: ['w'],
      delete: ['d'],
      config: ['c'],
    });
    const { rights } = account!.caller;
    const allowed = (action: RegistryAction) =>
      ['r', 'w', 'd', 'c', 'x'].filter(
        (subject) => rights.allows(action, { context: '.', subject }) === true,
      );
    expect((['read', 'write', 'delete', 'config', 'admin'] as const).map(allowed)).toEqual([
      ['r', 'w', 'd', 'c'],
      ['w'],
      ['d'],
      ['c'],
      [],
    ]);
    expect(rights.allows('write', undefined)).toBe(false);
  });

  it('leaves what holds for the whole registry to administrators, whatever a pattern covers', () => {
    const [account] = parse({ name: 'a', tokenSha256: TOKEN, config: ['*', ':*:*', ':.__GLOBAL:*'] });
    const { rights } = account!.caller;
    expect(rights.allows('config', { context: '.any', subject: '' })).toBe(true);
    expect(rights.allows('config', { context: '.__GLOBAL', subject: '' })).toBe(false);
    expect(rights.allows('config', { context: '.', subject: '' })).toBe(false);
  });

  const account = { name: 'a', password: PASSWORD };
  it.each([
    ['no name', { password: PASSWORD }, '/accounts/0/name'],
    ['an unknown member', { ...account, wirte: ['x'] }, '/accounts/0'],
    ['a name with a colon', { ...account, name: 'a:b' }, '/accounts/0/name'],
    ['no secret', { name: 'a' }, '/accounts/0'],
    ['a password in clear', { name: 'a', password: 'hunter2-secret' }, '/accounts/0/password'],
    ['a cheap hash', { name: 'a', password: PASSWORD.replace('14', '4') }, '/accounts/0/password'],
    ['a ruinous hash', { name: 'a', password: PASSWORD.replace('14', '30') }, '/accounts/0/password'],
    ['a token in clear', { name: 'a', tokenSha256: 'hunter2-secret' }, '/accounts/0/tokenSha256'],
    ['a date without offset', { ...account, expires: '2027-01-31T00:00:00' }, '/accounts/0/expires'],
    ['an impossible date', { ...account, expires: '2027-13-31T00:00:00Z' }, '/accounts/0/expires'],
    ['a star in the middle', { ...account, write: ['ok', 'a*b'] }, '/accounts/0/write/1'],
    ['a right that is no list', { ...account, write: '*' }, '/accounts/0/write'],
    ['rights beside admin', { ...account, admin: true, write: ['*'] }, '/accounts/0'],
    ['admin in words', { ...account, admin: 'false' }, '/accounts/0/admin'],
  ])('refuses %s and says where', (_name, entry, where) => {
    expect(() => parse(entry)).toThrow(new RegExp(`^${where} `));
    expect(() => parse(entry)).not.toThrow(/hunter2/);
  });

  it.each([
    ['two of one name', [account, { ...account }], '/accounts/1/name'],
    [
      'two with one token',
      [
        { name: 'a', tokenSha256: TOKEN },
        { name: 'b', tokenSha256: TOKEN },
      ],
      '/accounts/1/tokenSha256',
    ],
  ])('refuses %s', (_name, entries, where) => expect(() => parse(...entries)).toThrow(where));

  it.each([
    ['nothing', ''],
    ['half a document', '{"accounts": [{"name": "hunter2'],
    ['a list', '[]'],
    ['a member twice', '{"accounts": [], "accounts": []}'],
    ['__proto__', '{"accounts": [], "__proto__": {}}'],
  ])('refuses %s without repeating it', (_name, text) => {
    expect(() => parseAccounts(Buffer.from(text))).toThrow();
    expect(() => parseAccounts(Buffer.from(text))).not.toThrow(/hunter2/);
  });
});
