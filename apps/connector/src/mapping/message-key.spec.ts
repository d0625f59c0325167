import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinKey, splitKey } from './message-key.js';

describe('message keys', () => {
  it('come back as the parts they were made of', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', '|', '%', '7', 'C', 'ع') }), {
          minLength: 1,
          maxLength: 4,
        }),
        (parts) => {
          expect(splitKey(joinKey(parts), parts.length)).toEqual(parts);
        },
      ),
    );
  });

  it('are readable in the plain case', () => {
    expect(joinKey(['DZ-2019', '1601'])).toBe('DZ-2019|1601');
  });

  it('with another number of parts, or not encoded as ours, are none', () => {
    expect(splitKey('a|b', 1)).toBeUndefined();
    expect(splitKey('a', 2)).toBeUndefined();
    expect(splitKey('100%', 1)).toBeUndefined();
  });
});
