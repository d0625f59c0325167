import type { FastifyRequest } from 'fastify';
import { expect, it, vi } from 'vitest';
import { processorTime } from '#testing';
import { parseSubject, qualifiedName } from '../schemas/qualified-subject.js';
import { AccountRights } from './account-rights.js';
import { anonymous, RegistryAccess } from './registry-access.js';
import { ALL_RIGHTS, type Rights } from './rights.js';
import { parseSubjectPattern } from './subject-pattern.js';

const patterns = (...texts: string[]) => texts.map((text) => parseSubjectPattern(text)!);
const ORDERS = new AccountRights({ read: [], write: patterns('orders-*'), delete: [], config: [] });
const request = () => ({}) as FastifyRequest;

function accessOf(rights: Rights, options = { readsAreOpen: false }) {
  const identify = vi.fn(() => ({ ...anonymous(rights), system: 'account:a' }));
  return { identify, access: new RegistryAccess({ challenge: 'Basic', identify }, options) };
}

it('asks nobody who they are where reading is open, and costs next to nothing', () => {
  const { identify, access } = accessOf(ORDERS, { readsAreOpen: true });
  const asked = request();
  const took = processorTime(() => {
    for (let count = 0; count < 20_000; count += 1)
      void access.require(asked, { action: 'read', subject: parseSubject('x') });
  });
  expect(took / 20_000).toBeLessThan(0.005);
  expect(identify).not.toHaveBeenCalled();
  expect(access.reads(anonymous(ALL_RIGHTS), parseSubject(':*:x'))).toBe(true);
});

it('lets through whoever has the right, and sets the caller', async () => {
  const { access } = accessOf(ORDERS);
  const asked = request();
  const caller = await access.require(asked, { action: 'write', subject: parseSubject('orders-value') });
  expect(caller.system).toBe('account:a');
  expect(asked.caller).toBe(caller);
});

it.each([
  [{ action: 'write', subject: parseSubject('orders') }, 'User is denied operation Write on Subject: orders'],
  [
    { action: 'write', subject: parseSubject(':.dz:orders-x') },
    'User is denied operation Write on Subject: :.dz:orders-x',
  ],
  [
    { action: 'write', subject: parseSubject(':*:orders-x') },
    'User is denied operation Write on Subject: :*:orders-x',
  ],
  [{ action: 'write' }, 'User is denied operation Write on this registry'],
  [
    { action: 'delete', subject: parseSubject('orders-value') },
    'User is denied operation Delete on Subject: orders-value',
  ],
  [
    { action: 'config', subject: parseSubject('orders-value') },
    'User is denied operation WriteCompatibility on Subject: orders-value',
  ],
  [{ action: 'admin' }, 'User is denied operation Administer on this registry'],
  [{ action: 'read' }, 'User is denied operation Read on this registry'],
  [{ action: 'read', subject: parseSubject('other') }, 'User is denied operation Read on Subject: other'],
] as const)('refuses %j', async (need, detail) => {
  const refusal = accessOf(ORDERS).access.require(request(), need);
  await expect(refusal).rejects.toMatchObject({ code: 'not-allowed', detail });
});

it('lets a route that filters show what may be read', async () => {
  const { access } = accessOf(ORDERS);
  const caller = await access.require(request(), { action: 'read', filtered: true });
  const shown = ['orders-value', 'orders', ':.dz:orders-value', '::', ':*:orders-value'].map(parseSubject);
  expect(shown.filter((subject) => access.reads(caller, subject)).map(qualifiedName)).toEqual([
    'orders-value',
  ]);
  const nothing = accessOf(new AccountRights({ read: [], write: [], delete: [], config: [] })).access;
  await expect(nothing.require(request(), { action: 'read', filtered: true })).rejects.toMatchObject({
    code: 'not-allowed',
  });
});

it('holds callers of routes that need a role to it', async () => {
  const { access } = accessOf(ORDERS);
  await expect(access.authenticate(request(), ['steward'])).rejects.toMatchObject({ code: 'not-allowed' });
});

it('says in / that authentication is off, and nothing else', () => {
  const source = { challenge: '', identify: () => anonymous(ALL_RIGHTS) };
  expect(new RegistryAccess(source, { readsAreOpen: true }).banner).toEqual({});
  const open = new RegistryAccess(source, { readsAreOpen: true, authenticationIsOff: true });
  expect(open.banner).toEqual({ authentication: 'off' });
});
