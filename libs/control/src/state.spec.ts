import { describe, expect, it } from 'vitest';
import type { AgreementRecord, MemberRecord } from './records.js';
import { ControlState, type ControlChange } from './state.js';

const CONSUMER = 'urn:wasl:dz:education:enrolment';
const TOPIC = 'territory.unit.v1';
const NOON = new Date('2026-11-20T12:00:00Z');

const agreement: AgreementRecord = {
  kind: 'agreement',
  id: 'a1',
  consumer: CONSUMER,
  topic: TOPIC,
  purpose: 'p',
  legalBasis: 'b',
  fields: null,
  quotaPerDay: null,
  notBefore: '2026-11-20T12:00:00Z',
  notAfter: '2026-11-21T12:00:00Z',
  status: 'approved',
  approvals: { publisher: 'urn:wasl:dz:interior:territory-registry', steward: 'urn:wasl:dz:agency:console' },
};

describe('agreementInForce', () => {
  const inForce = (change: Partial<AgreementRecord>, now = NOON) => {
    const state = new ControlState();
    state.apply({ ...agreement, ...change });
    return state.agreementInForce(CONSUMER, TOPIC, now) !== undefined;
  };

  it('holds from the first instant of its period to before the last', () => {
    expect(inForce({})).toBe(true);
    expect(inForce({}, new Date('2026-11-20T11:59:59.999Z'))).toBe(false);
    expect(inForce({}, new Date('2026-11-21T11:59:59.999Z'))).toBe(true);
    expect(inForce({}, new Date('2026-11-21T12:00:00Z'))).toBe(false);
    expect(inForce({ notAfter: null }, new Date('2099-01-01T00:00:00Z'))).toBe(true);
  });

  it('needs both approvals and the status approved', () => {
    expect(inForce({ approvals: { ...agreement.approvals, publisher: null } })).toBe(false);
    expect(inForce({ approvals: { ...agreement.approvals, steward: null } })).toBe(false);
    for (const status of ['requested', 'suspended', 'revoked', 'expired'] as const)
      expect(inForce({ status })).toBe(false);
  });

  it('holds for its own consumer and topic', () => {
    expect(inForce({ consumer: 'urn:wasl:dz:statistics:warehouse' })).toBe(false);
    expect(inForce({ topic: 'civil-status.birth.v1' })).toBe(false);
  });

  it('follows a revocation, another agreement of the same parties, and a withdrawal', () => {
    const state = new ControlState();
    state.apply(agreement);
    state.apply({ ...agreement, id: 'a2' });
    state.apply({ ...agreement, status: 'revoked' });
    expect(state.agreementInForce(CONSUMER, TOPIC, NOON)?.id).toBe('a2');
    expect(state.agreements(CONSUMER, TOPIC)).toHaveLength(2);
    state.withdraw('agreement:a2');
    expect(state.agreementInForce(CONSUMER, TOPIC, NOON)).toBeUndefined();
    state.withdraw('agreement:a1');
    expect(state.agreements(CONSUMER, TOPIC)).toEqual([]);
  });

  it('moves an agreement whose topic is corrected', () => {
    const state = new ControlState();
    state.apply(agreement);
    state.apply({ ...agreement, topic: 'other.v1' });
    expect(state.agreements(CONSUMER, TOPIC)).toEqual([]);
    expect(state.agreements(CONSUMER, 'other.v1')).toHaveLength(1);
  });
});

describe('isMemberWithin', () => {
  const state = new ControlState();
  const add = (id: string, parent: string | null) =>
    state.apply({
      kind: 'member',
      id,
      parent,
      names: { fr: id, ar: id, en: id },
      status: 'active',
    } satisfies MemberRecord);
  add('urn:wasl:dz:interior', null);
  add('urn:wasl:dz:prefecture', 'urn:wasl:dz:interior');
  add('urn:wasl:dz:office', 'urn:wasl:dz:prefecture');
  add('urn:wasl:dz:loop-a', 'urn:wasl:dz:loop-b');
  add('urn:wasl:dz:loop-b', 'urn:wasl:dz:loop-a');

  it.each([
    ['office', 'interior', true],
    ['office', 'office', true],
    ['interior', 'office', false],
    ['stranger', 'interior', false],
    ['stranger', 'stranger', false],
    ['loop-a', 'loop-b', true],
    ['loop-a', 'interior', false],
  ])('%s within %s: %s', (member, ancestor, expected) => {
    expect(state.isMemberWithin(`urn:wasl:dz:${member}`, `urn:wasl:dz:${ancestor}`)).toBe(expected);
  });
});

describe('onChange', () => {
  it('tells what is now under a key, until asked to stop, and nothing for a withdrawal of nothing', () => {
    const state = new ControlState();
    const changes: ControlChange[] = [];
    const end = state.onChange((change) => changes.push(change));
    state.apply(agreement);
    state.withdraw('agreement:a1');
    state.withdraw('agreement:a1');
    end();
    state.apply(agreement);
    expect(changes).toEqual([
      { key: 'agreement:a1', record: agreement },
      { key: 'agreement:a1', record: undefined },
    ]);
  });
});

describe('awaited', () => {
  const member: MemberRecord = {
    kind: 'member',
    id: 'urn:wasl:dz:education',
    parent: null,
    names: { fr: 'É', ar: 'ت', en: 'E' },
    status: 'active',
  };

  it('finds what is published while it waits, and what is there already', async () => {
    const state = new ControlState();
    const found = state.awaited((known) => known.member(member.id));
    state.apply(member);
    expect(await found).toEqual(member);
    expect(await state.awaited((known) => known.member(member.id), 0)).toEqual(member);
  });

  it('gives up after its patience', async () => {
    expect(await new ControlState().awaited((known) => known.member(member.id), 10)).toBeUndefined();
  });
});
