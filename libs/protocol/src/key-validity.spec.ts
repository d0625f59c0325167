import { describe, expect, it } from 'vitest';
import { checkKeyValidAt, type KeyValidity } from './key-validity.js';

const noon = Date.parse('2026-11-01T12:00:00Z') / 1000;
const key: KeyValidity = {
  status: 'active',
  notBefore: '2026-11-01T12:00:00.400Z',
  notAfter: '2026-11-02T12:00:00Z',
};
const day = 86_400;

describe('validity of a key at the time of a signature', () => {
  it.each<[string, Partial<KeyValidity>, number, number, string | undefined]>([
    ['the second in which the window opens', {}, noon, 0, undefined],
    ['the second before', {}, noon - 1, 0, 'key-not-active'],
    ['the last second', {}, noon + day - 1, 0, undefined],
    ['the end itself', {}, noon + day, 0, 'key-not-active'],
    ['the end within the grace', {}, noon + day + 1, 2, undefined],
    ['the end of the grace', {}, noon + day + 2, 2, 'key-not-active'],
    ['no end', { notAfter: null }, noon + 9999 * day, 0, undefined],
    ['pending', { status: 'pending' }, noon, 0, 'key-not-active'],
    [
      'retired before',
      { status: 'retired', changedAt: '2026-11-01T13:00:00Z' },
      noon + 3600,
      0,
      'key-not-active',
    ],
    [
      'retired afterwards',
      { status: 'retired', changedAt: '2026-11-01T13:00:00Z' },
      noon + 3599,
      0,
      undefined,
    ],
    ['retired, time known by notAfter', { status: 'retired' }, noon + 10, 0, undefined],
    ['retired, time unknown', { status: 'retired', notAfter: null }, noon, 0, 'key-not-active'],
    [
      'compromised before',
      { status: 'compromised', changedAt: '2026-11-01T12:00:01Z' },
      noon + 1,
      0,
      'key-compromised',
    ],
    [
      'compromised afterwards',
      { status: 'compromised', changedAt: '2026-11-01T12:00:01Z' },
      noon,
      0,
      undefined,
    ],
    ['compromised, time unknown', { status: 'compromised' }, noon, 0, 'key-compromised'],
    ['compromised, time null', { status: 'compromised', changedAt: null }, noon, 9, 'key-compromised'],
  ])('%s', (_what, changed, seconds, grace, code) => {
    const check = (): void => checkKeyValidAt({ ...key, ...changed }, seconds, grace);
    if (code === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code }));
  });
});
