import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSubject } from '../schemas/qualified-subject.js';
import { covers, isUnlimited, parseSubjectPattern } from './subject-pattern.js';

describe('a pattern', () => {
  function matches(pattern: string, subject: string): boolean {
    return covers(parseSubjectPattern(pattern)!, parseSubject(subject));
  }

  it.each([
    ['orders', 'orders'],
    ['orders', ':.:orders'],
    ['orders-*', 'orders-'],
    ['orders-*', 'orders-value'],
    ['*', 'anything'],
    ['*', '::x'],
    ['*', ':.::.other:x'],
    ['*', ':.:'],
    [':.dz.interior:*', ':.dz.interior:anything'],
    [':.dz.interior:*', ':.dz.interior:'],
    [':.dz.interior:orders-*', ':.dz.interior:orders-value'],
    [':*:orders', ':.any:orders'],
    [':*:*', ':.any:'],
  ])('%j covers %j', (pattern, subject) => expect(matches(pattern, subject)).toBe(true));

  it.each([
    ['orders-*', 'orders'],
    ['orders', 'orders-value'],
    ['orders', 'Orders'],
    ['orders-*', ':.other:orders-value'],
    ['orders-*', ''],
    ['*', ':.other:x'],
    ['*', ':*:'],
    ['*', ':.dz'],
    [':*:*', ':*:'],
    [':*:*', ':*:orders'],
    [':.other:*', ':.::.other:x'],
    [':.dz.interior:*', ':.dz.interior2:x'],
    [':.dz.interior:*', ':.dz.interior.x:y'],
    [':.dz.interior:*', ':.dz:interior:x'],
    [':.dz.interior:*', ':.DZ.interior:x'],
    [':.dz.interior:*', '.dz.interior:x'],
    [':.dz.interior:*', '%3A.dz.interior%3Ax'],
    [':.dz.interior:orders-*', ':.dz.interior:'],
    [':*:orders', ':*:orders'],
  ])('%j does not cover %j', (pattern, subject) => expect(matches(pattern, subject)).toBe(false));

  it.each(['', 'a*b', '**', '*a', ':*', ':.dz', ':.dz:', ':dz:*', ':.*:x', ':.dz.*:x', ':*:', ':*::.dz:x'])(
    'is not %j',
    (text) => expect(parseSubjectPattern(text)).toBeUndefined(),
  );

  it('of every subject of every context alone is unlimited', () => {
    const unlimited = [':*:*', '*', ':.dz:*', ':*:a*', 'a'].map((text) =>
      isUnlimited(parseSubjectPattern(text)!),
    );
    expect(unlimited).toEqual([true, false, false, false, false]);
  });

  it('with a context covers nothing of another one', () => {
    const context = fc.stringMatching(/^\.[a-z.0-9_-]{1,8}$/);
    fc.assert(
      fc.property(context, context, fc.string(), (own, other, name) => {
        fc.pre(own !== other);
        expect(matches(`:${own}:*`, `:${other}:${name}`)).toBe(false);
        expect(matches(`:${own}:*`, name)).toBe(name === `:${own}` || name.startsWith(`:${own}:`));
      }),
    );
  });
});
