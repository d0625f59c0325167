import { describe, expect, it } from 'vitest';
import { isMultiple } from './decimal.js';

describe('isMultiple', () => {
  it.each([
    [10, 0.5, true],
    [0.3, 0.1, true],
    [19.99, 0.01, true],
    [1e21, 7, false],
    [1e-7, 1e-8, true],
    [-6, 3, true],
    [0, 5, true],
    [5, 0, false],
    [2.5, 2, false],
    [1e308, 1e-300, true],
    [Number.MAX_VALUE, Number.MIN_VALUE, true],
  ])('%d of %d: %s', (value, unit, expected) => expect(isMultiple(value, unit)).toBe(expected));
});
