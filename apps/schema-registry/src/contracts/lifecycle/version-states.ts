import type { VersionSuccessor } from '#control';
import { WaslError } from '#protocol';
import { requireSide, type Actor, type Side } from './actor.js';

export type VersionStatus = 'active' | 'deprecated' | 'retired';

export interface VersionState {
  status: VersionStatus;
  /** from when on it may be retired; null while active */
  sunset: Date | null;
  successor: VersionSuccessor | null;
}

export type VersionAct =
  | { act: 'deprecate'; sunset: Date; successor: VersionSuccessor | null }
  | { act: 'retire'; reason: string | undefined }
  | { act: 'reactivate' };

/** A version that nothing was decided about is active. */
export const ACTIVE: VersionState = { status: 'active', sunset: null, successor: null };

/** Notice that an owner gives its consumers at least; a steward may shorten it. */
export const NOTICE_DAYS = 30;
const LONGEST_NOTICE_DAYS = 3_660;
const DAY_MS = 86_400_000;

const PARTIES: Record<VersionAct['act'], readonly Side[]> = {
  deprecate: ['owner', 'steward'],
  retire: ['owner', 'steward'],
  reactivate: ['steward'],
};

/**
 * Life of a registered version: active → deprecated, with a sunset → retired; re-activated from either.
 * @returns null when there is nothing to change (the act was done already)
 * @throws WaslError `not-allowed` (wrong party), `conflict` (wrong transition), `invalid-request` (sunset, reason)
 */
export function decideVersion(
  state: VersionState,
  act: VersionAct,
  actor: Actor,
  at: Date,
): VersionState | null {
  requireSide(actor, PARTIES[act.act], `${act.act} a version of this contract`);
  switch (act.act) {
    case 'deprecate':
      return deprecate(state, act, actor, at);
    case 'retire':
      return retire(state, act.reason, actor, at);
    case 'reactivate':
      return state.status === 'active' ? null : ACTIVE;
  }
}

function deprecate(
  state: VersionState,
  { sunset, successor }: { sunset: Date; successor: VersionSuccessor | null },
  actor: Actor,
  at: Date,
): VersionState | null {
  if (state.status === 'retired')
    throw new WaslError('conflict', "this version is retired: it can't be deprecated");
  const same = state.sunset?.getTime() === sunset.getTime() && sameSuccessor(state.successor, successor);
  if (state.status === 'deprecated' && same) return null;
  const days = (sunset.getTime() - at.getTime()) / DAY_MS;
  if (!(days > 0 && days <= LONGEST_NOTICE_DAYS))
    throw badSunset('future', `the sunset lies in the future, ${LONGEST_NOTICE_DAYS} days ahead at most`);
  if (!actor.sides.includes('steward')) {
    // Otherwise an owner could announce a sunset for the next minute and retire the version right after it.
    if (days < NOTICE_DAYS)
      throw badSunset('notice', `an owner gives ${NOTICE_DAYS} days of notice; a steward may give less`);
    if (state.sunset !== null && sunset < state.sunset)
      throw new WaslError('not-allowed', 'only a steward brings a sunset forward: consumers rely on it');
  }
  return { status: 'deprecated', sunset, successor };
}

function retire(
  state: VersionState,
  reason: string | undefined,
  actor: Actor,
  at: Date,
): VersionState | null {
  if (state.status === 'retired') return null;
  const over = state.status === 'deprecated' && state.sunset !== null && state.sunset <= at;
  if (!over) {
    if (!actor.sides.includes('steward')) {
      throw new WaslError('conflict', 'a version is deprecated first, and retired once its sunset is over');
    }
    if (reason === undefined) {
      throw new WaslError('invalid-request', 'to retire a version before its sunset takes a reason', {
        violations: [{ pointer: '/reason', rule: 'required' }],
      });
    }
  }
  return { ...state, status: 'retired' };
}

function badSunset(rule: string, detail: string): WaslError {
  return new WaslError('invalid-request', detail, { violations: [{ pointer: '/sunset', rule }] });
}

function sameSuccessor(a: VersionSuccessor | null, b: VersionSuccessor | null): boolean {
  return a?.topic === b?.topic && a?.version === b?.version;
}
