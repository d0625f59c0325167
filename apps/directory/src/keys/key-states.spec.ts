import { describe, expect, it } from 'vitest';
import { decideKey, type KeyStatus } from './key-states.js';

const THEN = new Date('2026-01-01T00:00:00Z');
const NOW = new Date('2026-11-23T10:00:00Z');
const LATER = new Date('2027-01-01T00:00:00Z');
const key = (status: KeyStatus, notAfter: Date | null = null) => ({ status, notAfter, changedAt: THEN });
const conflict = expect.objectContaining({ code: 'conflict' });

describe('life of a key', () => {
  it.each([
    ['pending', 'activate', 'active'],
    ['pending', 'retire', 'retired'],
    ['active', 'retire', 'retired'],
    ['pending', 'compromise', 'compromised'],
    ['active', 'compromise', 'compromised'],
    ['retired', 'compromise', 'compromised'],
  ] as const)('%s → %s → %s', (from, act, to) => {
    expect(decideKey(key(from), act, NOW)).toMatchObject({ status: to, changedAt: NOW });
  });

  it.each([
    ['retired', 'activate'],
    ['compromised', 'activate'],
    ['compromised', 'retire'],
  ] as const)('%s can’t %s', (from, act) => {
    expect(() => decideKey(key(from), act, NOW)).toThrow(conflict);
  });

  it.each([
    ['active', 'activate'],
    ['retired', 'retire'],
    ['compromised', 'compromise'],
  ] as const)('%s: %s again changes nothing, not even the time', (from, act) => {
    expect(decideKey(key(from), act, NOW)).toBeNull();
  });

  it('closes its window when it ends, and never opens it again', () => {
    expect(decideKey(key('active', LATER), 'retire', NOW)?.notAfter).toEqual(NOW);
    expect(decideKey(key('active', THEN), 'retire', NOW)?.notAfter).toEqual(THEN);
    expect(decideKey(key('retired', NOW), 'compromise', THEN)?.notAfter).toEqual(THEN);
    expect(decideKey(key('pending', LATER), 'activate', NOW)?.notAfter).toEqual(LATER);
  });
});
