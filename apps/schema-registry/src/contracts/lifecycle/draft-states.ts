import { WaslError } from '#protocol';
import { requireSide, type Actor, type Side } from './actor.js';

export type DraftStatus = 'draft' | 'in-review';
export type DraftAct = 'edit' | 'discard' | 'submit' | 'approve' | 'send-back';

export interface DraftState {
  status: DraftStatus;
  /** systems that gave it its content since it was begun; whoever is among them does not approve it */
  editors: readonly string[];
  submittedBy: string | null;
  sentBackBy: string | null;
}

/** What becomes of a draft: another state, or its end. */
export type DraftDecision = DraftState | 'activated' | 'discarded';

const PARTIES: Record<DraftAct, readonly Side[]> = {
  edit: ['owner', 'steward'],
  discard: ['owner', 'steward'],
  submit: ['owner', 'steward'],
  approve: ['steward'],
  'send-back': ['steward'],
};

const SAID: Record<DraftAct, string> = {
  edit: 'edit a draft of this contract',
  discard: 'discard a draft of this contract',
  submit: 'submit a draft of this contract for review',
  approve: 'approve a draft',
  'send-back': 'send a draft back',
};

/**
 * Life of a draft: edited → submitted for review → approved, which activates it, or sent back to be edited again.
 * An edit takes a draft out of review: what is approved is what was submitted.
 * @param state undefined before the first edit
 * @returns null when there is nothing to change (the act was done already)
 * @throws WaslError `not-allowed` (wrong party, or the same system as submitter and approver), `not-found` (no draft),
 *   `conflict` (wrong transition)
 */
export function decideDraft(
  state: DraftState | undefined,
  act: DraftAct,
  actor: Actor,
): DraftDecision | null {
  requireSide(actor, PARTIES[act], SAID[act]);
  if (act === 'edit') return edit(state, actor);
  if (!state) throw new WaslError('not-found', 'there is no draft of this contract');
  switch (act) {
    case 'discard':
      return 'discarded';
    case 'submit':
      if (state.status === 'in-review') return null;
      return { ...state, status: 'in-review', submittedBy: actor.system, sentBackBy: null };
    case 'approve':
      requireInReview(state, 'approved');
      if (state.submittedBy === actor.system || state.editors.includes(actor.system)) {
        throw new WaslError(
          'not-allowed',
          'who wrote or submitted a draft does not approve it: somebody else must',
        );
      }
      return 'activated';
    case 'send-back':
      if (state.status === 'draft' && state.sentBackBy !== null) return null;
      requireInReview(state, 'sent back');
      return { ...state, status: 'draft', submittedBy: null, sentBackBy: actor.system };
  }
}

function edit(state: DraftState | undefined, { system }: Actor): DraftState {
  const editors = state?.editors ?? [];
  return {
    status: 'draft',
    editors: editors.includes(system) ? editors : [...editors, system],
    submittedBy: null,
    sentBackBy: state?.sentBackBy ?? null,
  };
}

function requireInReview(state: DraftState, past: string): void {
  if (state.status !== 'in-review')
    throw new WaslError('conflict', `this draft is not in review: it can't be ${past}`);
}
