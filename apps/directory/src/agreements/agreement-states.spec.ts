import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideAgreement, expireAgreement, type Actor, type AgreementState } from './agreement-states.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const END = new Date('2027-11-23T10:00:00Z');
const publisher: Actor = { system: 'urn:wasl:dz:interior:registry', sides: ['publisher'] };
const steward: Actor = { system: 'urn:wasl:dz:agency:console', sides: ['steward'] };
const consumer: Actor = { system: 'urn:wasl:dz:education:enrolment', sides: ['consumer'] };
const stranger: Actor = { system: 'urn:wasl:dz:statistics:warehouse', sides: [] };

const requested: AgreementState = {
  status: 'requested',
  publisher: null,
  steward: null,
  suspendedBySide: null,
  notAfter: END,
};
const approved: AgreementState = {
  ...requested,
  status: 'approved',
  publisher: { by: publisher.system, at: NOW },
  steward: { by: steward.system, at: NOW },
};
const suspended: AgreementState = { ...approved, status: 'suspended', suspendedBySide: 'steward' };
const revoked: AgreementState = { ...approved, status: 'revoked' };
const expired: AgreementState = { ...approved, status: 'expired' };

describe('approval', () => {
  it.each([
    [publisher, steward],
    [steward, publisher],
  ])('needs both sides, in any order', (first, second) => {
    const half = decideAgreement(requested, 'approve', first, NOW)!;
    expect(half.status).toBe('requested');
    expect(decideAgreement(half, 'approve', first, NOW)).toBeNull();
    const whole = decideAgreement(half, 'approve', second, NOW)!;
    expect(whole).toEqual(approved);
    expect(decideAgreement(whole, 'approve', second, NOW)).toBeNull();
  });

  it('never counts one system for both sides', () => {
    const both: Actor = { system: 'urn:wasl:dz:agency:console', sides: ['publisher', 'steward'] };
    const half = decideAgreement(requested, 'approve', both, NOW)!;
    expect(half.status).toBe('requested');
    expect(decideAgreement(half, 'approve', both, NOW)).toBeNull();
  });
});

describe('who may do what', () => {
  it.each([
    ['approve', requested, consumer],
    ['approve', requested, stranger],
    ['suspend', approved, consumer],
    ['resume', suspended, consumer],
    ['resume', suspended, publisher],
    ['revoke', approved, stranger],
  ] as const)('%s by the wrong party is not allowed', (act, state, actor) => {
    expect(() => decideAgreement(state, act, actor, NOW)).toThrow(
      expect.objectContaining({ code: 'not-allowed' }),
    );
  });

  it.each([consumer, publisher, steward])('each side may revoke', (actor) => {
    for (const state of [requested, approved, suspended]) {
      expect(decideAgreement(state, 'revoke', actor, NOW)?.status).toBe('revoked');
    }
  });

  it('lets the publisher resume what the publisher suspended, and the steward everything', () => {
    const byPublisher = decideAgreement(approved, 'suspend', publisher, NOW)!;
    expect(byPublisher).toMatchObject({ status: 'suspended', suspendedBySide: 'publisher' });
    expect(decideAgreement(byPublisher, 'resume', publisher, NOW)).toEqual(approved);
    expect(decideAgreement(suspended, 'resume', steward, NOW)).toEqual(approved);
  });

  it('lets a steward’s suspension stand above the publisher’s', () => {
    const byPublisher = decideAgreement(approved, 'suspend', publisher, NOW)!;
    expect(decideAgreement(byPublisher, 'suspend', publisher, NOW)).toBeNull();
    expect(decideAgreement(byPublisher, 'suspend', steward, NOW)).toEqual(suspended);
    expect(decideAgreement(suspended, 'suspend', publisher, NOW)).toBeNull();
    expect(() => decideAgreement(suspended, 'resume', publisher, NOW)).toThrow(/steward/);
  });
});

describe('transitions', () => {
  it.each([
    ['approve', suspended],
    ['approve', revoked],
    ['approve', expired],
    ['suspend', requested],
    ['suspend', revoked],
    ['suspend', expired],
    ['resume', requested],
    ['resume', revoked],
    ['resume', expired],
    ['revoke', expired],
  ] as const)('%s from a wrong state conflicts', (act, state) => {
    expect(() => decideAgreement(state, act, steward, NOW)).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
  });

  it.each([
    ['suspend', suspended],
    ['resume', approved],
    ['revoke', revoked],
  ] as const)('%s again changes nothing', (act, state) => {
    expect(decideAgreement(state, act, steward, NOW)).toBeNull();
  });

  it('ends with the period, before the sweeper comes by', () => {
    for (const act of ['approve', 'suspend', 'resume', 'revoke'] as const) {
      expect(() => decideAgreement(requested, act, steward, END)).toThrow(
        expect.objectContaining({ code: 'conflict' }),
      );
    }
    expect(expireAgreement(approved, new Date(END.getTime() - 1))).toBeNull();
    for (const open of [requested, approved, suspended])
      expect(expireAgreement(open, END)?.status).toBe('expired');
    for (const over of [revoked, expired]) expect(expireAgreement(over, END)).toBeNull();
  });

  it('is never in force without two approvals by two systems, whatever is tried', () => {
    const actors = fc.constantFrom(publisher, steward, consumer, stranger, {
      system: 'urn:wasl:dz:agency:desk',
      sides: ['publisher', 'steward'],
    } as Actor);
    const acts = fc.constantFrom('approve', 'suspend', 'resume', 'revoke' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(acts, actors), { maxLength: 30 }), (tries) => {
        let state = requested;
        let revokedOnce = false;
        for (const [act, actor] of tries) {
          try {
            state = decideAgreement(state, act, actor, NOW) ?? state;
          } catch {
            // Refused: the state stays.
          }
          revokedOnce ||= state.status === 'revoked';
          if (revokedOnce) expect(state.status).toBe('revoked');
          if (state.status !== 'approved') continue;
          expect(state.publisher?.by).toBeDefined();
          expect(state.steward?.by).toBeDefined();
          expect(state.publisher?.by).not.toBe(state.steward?.by);
        }
      }),
    );
  });
});
