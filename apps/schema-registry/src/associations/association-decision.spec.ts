import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Association, LIFECYCLES } from './association.js';
import { decideAssociation, MOST_ASSOCIATIONS } from './association-decision.js';

const subject = { context: '.', subject: 's' };
const resource = { name: 't', namespace: 'lkc-1', id: 'id', type: 'topic' };
const lifecycle = fc.constantFrom(...LIFECYCLES);
const flag = fc.boolean();

const associated = fc
  .record({ lifecycle, frozen: flag })
  .filter((item) => item.lifecycle === 'STRONG' || !item.frozen)
  .map((item): Association => ({ guid: 'g', subject, resource, type: 'value', ...item }));
const asked = fc.record({
  subject: fc.constant(subject),
  type: fc.constant('value' as const),
  lifecycle: fc.option(lifecycle, { nil: undefined }),
  frozen: fc.option(flag, { nil: undefined }),
  schema: fc.constant(undefined),
});
const others = fc.array(fc.record({ lifecycle }), { maxLength: 3 });

function outcome(...args: Parameters<typeof decideAssociation>) {
  try {
    return decideAssociation(...args);
  } catch {
    return undefined;
  }
}

describe('what an association becomes', () => {
  it('never shares a subject with a STRONG one, is never frozen and WEAK, and is what was asked for', () => {
    fc.assert(
      fc.property(
        asked,
        fc.option(associated, { nil: undefined }),
        others,
        flag,
        (info, existing, rest, createOnly) => {
          const decided = outcome(info, { existing, others: rest, hasVersion: true }, { createOnly });
          if (!decided) return;
          expect(decided.frozen && decided.lifecycle === 'WEAK').toBe(false);
          expect(rest.some((other) => other.lifecycle === 'STRONG')).toBe(false);
          if (decided.lifecycle === 'STRONG') expect(rest).toEqual([]);
          if (info.lifecycle) expect(decided.lifecycle).toBe(info.lifecycle);
          if (info.frozen !== undefined) expect(decided.frozen).toBe(info.frozen);
          if (existing && createOnly) expect(decided).toMatchObject({ ...pick(existing), change: 'none' });
          if (existing?.frozen && info.frozen !== false) expect(decided.change).toBe('none');
        },
      ),
    );
  });

  it('asked for again, is the same', () => {
    fc.assert(
      fc.property(associated, asked, flag, (existing, info, createOnly) => {
        const again = { ...info, ...pick(existing) };
        const state = { existing, others: [], hasVersion: true };
        expect(outcome(again, state, { createOnly })).toEqual({ ...pick(existing), change: 'none' });
      }),
    );
  });

  it('is refused once very many share the subject', () => {
    const info = {
      subject,
      type: 'value' as const,
      lifecycle: undefined,
      frozen: undefined,
      schema: undefined,
    };
    const sharing = (length: number) => Array.from({ length }, () => ({ lifecycle: 'WEAK' as const }));
    const decide = (length: number) =>
      decideAssociation(
        info,
        { existing: undefined, others: sharing(length), hasVersion: true },
        { createOnly: true },
      );
    expect(decide(MOST_ASSOCIATIONS - 1).change).toBe('created');
    expect(() => decide(MOST_ASSOCIATIONS)).toThrow(expect.objectContaining({ errorCode: 40902 }));
  });
});

function pick({ lifecycle: life, frozen }: Association) {
  return { lifecycle: life, frozen };
}
