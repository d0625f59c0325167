import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from './actor.js';
import { decideDraft, type DraftAct, type DraftDecision, type DraftState } from './draft-states.js';

const author: Actor = { system: 'urn:wasl:dz:interior:registry', sides: ['owner'] };
const colleague: Actor = { system: 'urn:wasl:dz:interior:studio', sides: ['owner'] };
const steward: Actor = { system: 'urn:wasl:dz:agency:console', sides: ['steward'] };
const both: Actor = { system: 'urn:wasl:dz:agency:registry', sides: ['owner', 'steward'] };
const stranger: Actor = { system: 'urn:wasl:dz:education:enrolment', sides: [] };

const draft: DraftState = { status: 'draft', editors: [author.system], submittedBy: null, sentBackBy: null };
const review: DraftState = { ...draft, status: 'in-review', submittedBy: author.system };
const sentBack: DraftState = { ...draft, sentBackBy: steward.system };

const STATES = { none: undefined, draft, review, sentBack };
const ACTS: DraftAct[] = ['edit', 'discard', 'submit', 'approve', 'send-back'];
type Outcome = DraftDecision | null | 'not-allowed' | 'not-found' | 'conflict';

function outcome(state: DraftState | undefined, act: DraftAct, actor: Actor): Outcome {
  try {
    return decideDraft(state, act, actor);
  } catch (error) {
    return (error as { code: 'not-allowed' | 'not-found' | 'conflict' }).code;
  }
}
const submittedBy = (actor: Actor): DraftState => ({ ...review, submittedBy: actor.system });

const TABLE: Record<keyof typeof STATES, Record<DraftAct, { owner: Outcome; steward: Outcome }>> = {
  none: {
    edit: { owner: draft, steward: { ...draft, editors: [steward.system] } },
    discard: { owner: 'not-found', steward: 'not-found' },
    submit: { owner: 'not-found', steward: 'not-found' },
    approve: { owner: 'not-allowed', steward: 'not-found' },
    'send-back': { owner: 'not-allowed', steward: 'not-found' },
  },
  draft: {
    edit: { owner: draft, steward: { ...draft, editors: [author.system, steward.system] } },
    discard: { owner: 'discarded', steward: 'discarded' },
    submit: { owner: review, steward: submittedBy(steward) },
    approve: { owner: 'not-allowed', steward: 'conflict' },
    'send-back': { owner: 'not-allowed', steward: 'conflict' },
  },
  review: {
    edit: { owner: draft, steward: { ...draft, editors: [author.system, steward.system] } },
    discard: { owner: 'discarded', steward: 'discarded' },
    submit: { owner: null, steward: null },
    approve: { owner: 'not-allowed', steward: 'activated' },
    'send-back': { owner: 'not-allowed', steward: sentBack },
  },
  sentBack: {
    edit: { owner: sentBack, steward: { ...sentBack, editors: [author.system, steward.system] } },
    discard: { owner: 'discarded', steward: 'discarded' },
    submit: { owner: review, steward: submittedBy(steward) },
    approve: { owner: 'not-allowed', steward: 'conflict' },
    'send-back': { owner: 'not-allowed', steward: null },
  },
};

describe('a draft', () => {
  const cases = Object.entries(TABLE).flatMap(([name, acts]) =>
    ACTS.map((act) => [name as keyof typeof STATES, act, acts[act]] as const),
  );
  it.each(cases)('%s: %s', (name, act, expected) => {
    expect(outcome(STATES[name], act, author)).toEqual(expected.owner);
    expect(outcome(STATES[name], act, steward)).toEqual(expected.steward);
    expect(outcome(STATES[name], act, stranger)).toBe('not-allowed');
  });

  it('is never approved by who submitted or wrote any of it, whatever roles they have', () => {
    const written = decideDraft(draft, 'edit', both) as DraftState;
    expect(outcome(decideDraft(written, 'submit', author) as DraftState, 'approve', both)).toBe(
      'not-allowed',
    );
    const submitted = decideDraft(draft, 'submit', both) as DraftState;
    expect(outcome(submitted, 'approve', both)).toBe('not-allowed');
    expect(outcome(submitted, 'approve', steward)).toBe('activated');
  });

  it('is approved only in review, by a steward who took no part, whatever happened before', () => {
    const actors = fc.constantFrom(author, colleague, steward, both, stranger);
    fc.assert(
      fc.property(fc.array(fc.tuple(actors, fc.constantFrom(...ACTS))), actors, (story, approver) => {
        let state: DraftState | undefined;
        const part = new Set<string>();
        for (const [actor, act] of story) {
          const next = outcome(state, act, actor);
          if (next === null || typeof next === 'string') {
            if (next === 'activated' || next === 'discarded') {
              state = undefined;
              part.clear();
            }
            continue;
          }
          state = next;
          if (act === 'edit') part.add(actor.system);
        }
        if (outcome(state, 'approve', approver) !== 'activated') return;
        expect(state?.status).toBe('in-review');
        expect(approver.sides).toContain('steward');
        expect(part.has(approver.system) || state?.submittedBy === approver.system).toBe(false);
      }),
    );
  });
});
