import { scryptSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { hashPassword, NO_PASSWORD, parsePasswordHash, verifyPassword } from './password.js';

const SALT = Buffer.from('0123456789abcdef');

it('is kept as a hash that only the password fits', async () => {
  const text = await hashPassword('correct horse سر', SALT);
  const hash = parsePasswordHash(text)!;
  expect(hash.salt).toEqual(SALT);
  expect(hash.hash).toEqual(scryptSync('correct horse سر', SALT, 32, { N: 1 << 14, r: 8, p: 5 }));
  expect(await verifyPassword(Buffer.from('correct horse سر'), hash)).toBe(true);
  expect(await verifyPassword(Buffer.from('correct horse'), hash)).toBe(false);
  expect(await verifyPassword(Buffer.alloc(0), hash)).toBe(false);
});

it('of nobody is like none', async () => {
  expect(await verifyPassword(Buffer.alloc(0), NO_PASSWORD)).toBe(false);
});

it.each([
  '',
  'password',
  '$2b$12$abcdefghijklmnopqrstuv',
  `$scrypt$ln=13,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `$scrypt$ln=18,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `$scrypt$ln=14,r=8,p=17$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(42)}`,
  `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}\n`,
])('is not read from %j', (text) => expect(parsePasswordHash(text)).toBeUndefined());
