import { WaslError } from '#protocol';

export type AgreementStatus = 'requested' | 'approved' | 'suspended' | 'revoked' | 'expired';
export type Side = 'consumer' | 'publisher' | 'steward';
export type AgreementAct = 'approve' | 'suspend' | 'resume' | 'revoke' | 'expire';

export interface Approval {
  by: string;
  at: Date;
}

export interface AgreementState {
  status: AgreementStatus;
  publisher: Approval | null;
  steward: Approval | null;
  suspendedBySide: Side | null;
  notAfter: Date;
}

/** Who acts: `system` is recorded, `sides` says what it may speak for. */
export interface Actor {
  system: string;
  sides: readonly Side[];
}

const PARTIES: Record<Exclude<AgreementAct, 'expire'>, readonly Side[]> = {
  approve: ['publisher', 'steward'],
  suspend: ['publisher', 'steward'],
  resume: ['publisher', 'steward'],
  revoke: ['consumer', 'publisher', 'steward'],
};

/**
 * Life of an agreement: requested → approved by publisher and steward in any order → in force;
 * suspended ↔ resumed; revoked by either side; expired by time.
 * Returns null when there is nothing to change (the act was done already).
 * Throws WaslError `not-allowed` (wrong party) or `conflict` (wrong transition).
 */
export function decideAgreement(
  state: AgreementState,
  act: Exclude<AgreementAct, 'expire'>,
  actor: Actor,
  at: Date,
): AgreementState | null {
  const sides = PARTIES[act].filter((side) => actor.sides.includes(side));
  if (sides.length === 0) {
    throw new WaslError(
      'not-allowed',
      `only the ${PARTIES[act].join(' or the ')} of an agreement may ${act} it`,
    );
  }
  if (state.notAfter <= at && state.status !== 'revoked') throw over('expired', act);
  switch (act) {
    case 'approve':
      return approve(state, actor, sides, at);
    case 'suspend':
      // The steward's suspension stands above the publisher's, which the publisher may lift.
      if (state.status === 'suspended' && (state.suspendedBySide === 'steward' || !sides.includes('steward')))
        return null;
      if (state.status !== 'approved' && state.status !== 'suspended') throw over(state.status, act);
      return {
        ...state,
        status: 'suspended',
        suspendedBySide: sides.includes('steward') ? 'steward' : 'publisher',
      };
    case 'resume':
      if (state.status === 'approved') return null;
      if (state.status !== 'suspended') throw over(state.status, act);
      if (state.suspendedBySide === 'steward' && !sides.includes('steward')) {
        throw new WaslError(
          'not-allowed',
          'the steward suspended this agreement, so only the steward may resume it',
        );
      }
      return { ...state, status: 'approved', suspendedBySide: null };
    case 'revoke':
      if (state.status === 'revoked') return null;
      if (state.status === 'expired') throw over(state.status, act);
      return { ...state, status: 'revoked' };
  }
}

/** The state after its period ended, or null if it hasn't or the agreement is over already. */
export function expireAgreement(state: AgreementState, at: Date): AgreementState | null {
  const open = state.status === 'requested' || state.status === 'approved' || state.status === 'suspended';
  return open && state.notAfter <= at ? { ...state, status: 'expired' } : null;
}

function approve(state: AgreementState, actor: Actor, sides: Side[], at: Date): AgreementState | null {
  if (state.status !== 'requested' && state.status !== 'approved') throw over(state.status, 'approve');
  const missing = sides.find((side) => side !== 'consumer' && state[side] === null);
  const mine = state.publisher?.by === actor.system || state.steward?.by === actor.system;
  // Four eyes: whoever holds both roles approves once, and speaks for one side only.
  if (missing === undefined || mine) return null;
  const approved = { ...state, [missing]: { by: actor.system, at } };
  return { ...approved, status: approved.publisher && approved.steward ? 'approved' : 'requested' };
}

function over(status: AgreementStatus, act: AgreementAct): WaslError {
  return new WaslError('conflict', `this agreement is ${status}: it can't be ${PAST[act]}`);
}

const PAST: Record<AgreementAct, string> = {
  approve: 'approved',
  suspend: 'suspended',
  resume: 'resumed',
  revoke: 'revoked',
  expire: 'expired',
};
