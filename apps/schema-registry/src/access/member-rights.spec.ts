import { describe, expect, it } from 'vitest';
import { ControlState, type Role } from '#control';
import { parseSubject } from '../schemas/qualified-subject.js';
import type { StoredContract } from '../contracts/contract-store.js';
import { MemberRights, memberOfContext } from './member-rights.js';

import type { RegistryAction } from './rights.js';

const INTERIOR = 'urn:wasl:dz:interior';
const OFFICE = 'urn:wasl:dz:civil-office';
const OTHER = 'urn:wasl:dz:interior2';

const directory = new ControlState();
for (const [id, parent] of [
  [INTERIOR, null],
  [OFFICE, INTERIOR],
  [OTHER, null],
] as const) {
  const names = { fr: id, ar: id, en: id };
  directory.apply({ kind: 'member', id, parent, names, status: 'active' });
}
const contracts = {
  contract: (topic: string) =>
    Promise.resolve(topic === 'civil.birth.v1' ? ({ owner: INTERIOR } as StoredContract) : undefined),
};

async function may(member: string, action: RegistryAction, subject: string, roles: Role[] = ['publisher']) {
  const rights = new MemberRights({ system: `${member}:app`, member, roles }, contracts, directory);
  return rights.allows(action, parseSubject(subject));
}

describe('a publisher', () => {
  it.each(['write', 'delete', 'config'] as const)('may %s in the context of its member', async (action) => {
    expect(await may(INTERIOR, action, ':.dz.interior:anything')).toBe(true);
    expect(await may(INTERIOR, action, ':.dz.interior:')).toBe(true);
  });

  it('may write in the context of a member above its own, not below or beside', async () => {
    expect(await may(OFFICE, 'write', ':.dz.interior:x')).toBe(true);
    expect(await may(INTERIOR, 'write', ':.dz.civil-office:x')).toBe(false);
    expect(await may(INTERIOR, 'write', ':.dz.interior2:x')).toBe(false);
    expect(await may(OTHER, 'write', ':.dz.interior:x')).toBe(false);
  });

  it.each([
    ':.dz.interior.x:y',
    ':.dz:interior:y',
    ':.DZ.interior:y',
    ':.::.dz.interior:y',
    ':.dz.interior2:y',
    ':*:y',
    ':*:',
    ':.:y',
    '%3A.dz.interior%3Ay',
    ':.__GLOBAL:',
    ':.dz.unknown:y',
  ])('may not write %j', async (subject) => expect(await may(INTERIOR, 'write', subject)).toBe(false));

  it.each(['civil.birth.v1-value', 'civil.birth.v1-key', ':.:civil.birth.v1-value'])(
    'registers %j of a contract of its member, but neither deletes nor configures it',
    async (subject) => {
      expect(await may(INTERIOR, 'write', subject)).toBe(true);
      expect(await may(OFFICE, 'write', subject)).toBe(true);
      expect(await may(OTHER, 'write', subject)).toBe(false);
      expect(await may(INTERIOR, 'delete', subject)).toBe(false);
      expect(await may(INTERIOR, 'config', subject)).toBe(false);
    },
  );

  it.each([
    'civil.birth.v1',
    'civil.birth.v1-other',
    'civil.birth.v2-value',
    'civil.birth.v1-value-value',
    'x',
  ])('does not register %j, which no contract of its member has', async (subject) =>
    expect(await may(INTERIOR, 'write', subject)).toBe(false),
  );

  it('does not administer', async () => expect(await may(INTERIOR, 'admin', ':.dz.interior:x')).toBe(false));
});

it('a consumer reads everything and changes nothing', async () => {
  expect(await may(INTERIOR, 'read', ':.dz.other:x', ['consumer'])).toBe(true);
  expect(await may(INTERIOR, 'write', ':.dz.interior:x', ['consumer'])).toBe(false);
  expect(await may(INTERIOR, 'write', 'civil.birth.v1-value', [])).toBe(false);
});

it('a context is of the member that is spelt so, or of none', () => {
  expect(memberOfContext('.dz.interior')).toBe(INTERIOR);
  for (const context of [
    '.',
    '.dz',
    '.dz.',
    '.dz.interior.x',
    '.dz.In',
    '.dzz.interior',
    'dz.interior',
    '.dz.interior\n',
    '.dz.interior-',
  ])
    expect(memberOfContext(context)).toBeUndefined();
});
