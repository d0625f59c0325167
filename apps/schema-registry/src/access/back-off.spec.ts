import { describe, expect, it } from 'vitest';
import { BackOff } from './back-off.js';
import { WorkQueue } from './work-queue.js';

describe('BackOff', () => {
  const limits = { free: 2, firstMs: 1_000, longestMs: 5_000 };

  it('lets a few failures pass, then doubles the wait up to the longest', () => {
    let now = 1_000_000;
    const backOff = new BackOff(limits, () => now);
    const waits = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      backOff.failed('a');
      waits.push(backOff.wait('a'));
    }
    expect(waits).toEqual([0, 0, 1_000, 2_000, 4_000, 5_000, 5_000]);
    now += 4_999;
    expect(backOff.wait('a')).toBe(1);
    now += 1;
    expect(backOff.wait('a')).toBe(0);
  });

  it('keeps keys apart, forgets after success and after a while', () => {
    let now = 1_000_000;
    const backOff = new BackOff({ ...limits, free: 0 }, () => now);
    backOff.failed('a');
    expect(backOff.wait('b')).toBe(0);
    backOff.succeeded('a');
    expect(backOff.wait('a')).toBe(0);
    backOff.failed('a');
    backOff.failed('a');
    now += 16 * 60_000;
    backOff.failed('a');
    expect(backOff.wait('a')).toBe(1_000);
  });

  it('forgets the oldest of too many keys', () => {
    const backOff = new BackOff({ ...limits, free: 0 });
    backOff.failed('first');
    for (let key = 0; key < 10_000; key += 1) backOff.failed(`key ${key}`);
    expect(backOff.wait('first')).toBe(0);
    expect(backOff.wait('key 9999')).toBeGreaterThan(0);
  });
});

describe('WorkQueue', () => {
  it('runs few at once, in order, and refuses what would wait behind too many', async () => {
    const queue = new WorkQueue(2, 1);
    const ends: (() => void)[] = [];
    const begun: string[] = [];
    const work = (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    };
    const runs = ['a', 'b', 'c'].map((name) => queue.run(work(name)));
    await expect(queue.run(work('d'))).rejects.toMatchObject({ code: 'too-many-requests' });
    expect(begun).toEqual(['a', 'b']);
    ends[0]!();
    await expect(runs[0]).resolves.toBe('a');
    expect(begun).toEqual(['a', 'b', 'c']);
    ends[1]!();
    ends[2]!();
    await Promise.all(runs);
  });

  it('goes on after a failure', async () => {
    const queue = new WorkQueue(1, 1);
    await expect(queue.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await expect(queue.run(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
