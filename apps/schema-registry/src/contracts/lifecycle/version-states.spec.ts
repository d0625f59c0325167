import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actor } from './actor.js';
import { ACTIVE, decideVersion, type VersionAct, type VersionState } from './version-states.js';

const NOW = new Date('2026-11-23T10:00:00Z');
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const owner: Actor = { system: 'urn:wasl:dz:interior:registry', sides: ['owner'] };
const steward: Actor = { system: 'urn:wasl:dz:agency:console', sides: ['steward'] };
const stranger: Actor = { system: 'urn:wasl:dz:education:enrolment', sides: [] };

const deprecated: VersionState = { status: 'deprecated', sunset: inDays(100), successor: null };
const sunset: VersionState = { ...deprecated, sunset: NOW };
const retired: VersionState = { ...deprecated, status: 'retired' };
const STATES = { active: ACTIVE, deprecated, sunset, retired };

const deprecate = (days: number, successor: VersionState['successor'] = null): VersionAct => ({
  act: 'deprecate',
  sunset: inDays(days),
  successor,
});
const ACTS: Record<string, VersionAct> = {
  deprecate: deprecate(100),
  'deprecate later': deprecate(200),
  'deprecate sooner': deprecate(60),
  'deprecate at short notice': deprecate(5),
  'deprecate in the past': deprecate(-1),
  'deprecate now': deprecate(0),
  'deprecate in a century': deprecate(36_600),
  retire: { act: 'retire', reason: undefined },
  'retire with a reason': { act: 'retire', reason: 'leaks names' },
  reactivate: { act: 'reactivate' },
};

type Outcome = VersionState | null | string;
function outcome(state: VersionState, act: VersionAct, actor: Actor): Outcome {
  try {
    return decideVersion(state, act, actor, NOW);
  } catch (error) {
    return (error as { code: string }).code;
  }
}
const until = (days: number): VersionState => ({ ...deprecated, sunset: inDays(days) });
const late: VersionState = { ...sunset, status: 'retired' };
const early: VersionState = { ...ACTIVE, status: 'retired' };
const BAD = 'invalid-request';
const NO = 'not-allowed';

/** Per state, in order of ACTS: what an owner gets, and a steward. */
const TABLE: Record<keyof typeof STATES, [owner: Outcome, steward: Outcome][]> = {
  active: [
    [until(100), until(100)],
    [until(200), until(200)],
    [until(60), until(60)],
    [BAD, until(5)],
    [BAD, BAD],
    [BAD, BAD],
    [BAD, BAD],
    ['conflict', BAD],
    ['conflict', early],
    [NO, null],
  ],
  deprecated: [
    [null, null],
    [until(200), until(200)],
    [NO, until(60)],
    [BAD, until(5)],
    [BAD, BAD],
    [BAD, BAD],
    [BAD, BAD],
    ['conflict', BAD],
    ['conflict', retired],
    [NO, ACTIVE],
  ],
  sunset: [
    [until(100), until(100)],
    [until(200), until(200)],
    [until(60), until(60)],
    [BAD, until(5)],
    [BAD, BAD],
    [null, null],
    [BAD, BAD],
    [late, late],
    [late, late],
    [NO, ACTIVE],
  ],
  retired: [
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    ['conflict', 'conflict'],
    [null, null],
    [null, null],
    [NO, ACTIVE],
  ],
};

describe('a version', () => {
  const cases = Object.entries(TABLE).flatMap(([name, rows]) =>
    Object.keys(ACTS).map((act, n) => [name as keyof typeof STATES, act, rows[n]!] as const),
  );
  it.each(cases)('%s: %s', (name, act, [byOwner, bySteward]) => {
    expect(outcome(STATES[name], ACTS[act]!, owner)).toEqual(byOwner);
    expect(outcome(STATES[name], ACTS[act]!, steward)).toEqual(bySteward);
    expect(outcome(STATES[name], ACTS[act]!, stranger)).toBe(NO);
  });

  it('takes another successor at the same sunset as a change', () => {
    const successor = { topic: 'civil-status.birth.v2' };
    expect(outcome(deprecated, deprecate(100, successor), owner)).toEqual({ ...deprecated, successor });
    expect(outcome({ ...deprecated, successor }, deprecate(100, { ...successor }), owner)).toBeNull();
  });

  it('refuses a sunset that is no date', () => {
    expect(outcome(ACTIVE, { act: 'deprecate', sunset: new Date(NaN), successor: null }, steward)).toBe(BAD);
  });

  it('is never retired by its owner alone in less than 30 days, whatever the order of acts', () => {
    const act = fc.oneof(
      fc.integer({ min: -10, max: 400 }).map((days) => ({ days, retire: false })),
      fc.constant({ days: 0, retire: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), act)), (story) => {
        let state = ACTIVE;
        let day = 0;
        for (const [pause, { days, retire }] of story) {
          day += pause;
          const wanted: VersionAct = retire ? { act: 'retire', reason: 'r' } : deprecate(day + days);
          try {
            state = decideVersion(state, wanted, owner, inDays(day)) ?? state;
          } catch {
            // refused
          }
          if (day < 30) expect(state.status).not.toBe('retired');
        }
      }),
    );
  });
});
