import { describe, expect, it } from 'vitest';
import { MicroBatcher } from './micro-batcher.js';

const limits = { records: 3, bytes: 100, lingerMs: 1, inFlight: 2, pending: 8 };

function gate() {
  const batches: number[][] = [];
  const release: (() => void)[] = [];
  const commit = (batch: number[]) => {
    batches.push(batch);
    return new Promise<void>((resolve) => release.push(resolve));
  };
  return { batches, release, commit };
}
const turn = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));

describe('MicroBatcher', () => {
  it('sends what arrives in one turn of the event loop together, in order', async () => {
    const { batches, commit } = gate();
    const batcher = new MicroBatcher(limits, commit);
    expect([1, 2].map((n) => batcher.add(n, 1))).toEqual([true, true]);
    await turn();
    expect(batches).toEqual([[1, 2]]);
  });

  it('respects the limits of records and of bytes', async () => {
    const { batches, commit } = gate();
    const batcher = new MicroBatcher({ ...limits, inFlight: 9 }, commit);
    for (let n = 1; n <= 4; n++) batcher.add(n, 1);
    batcher.add(5, 99);
    batcher.add(6, 500);
    await turn();
    expect(batches).toEqual([[1, 2, 3], [4, 5], [6]]);
  });

  it('never has more batches in flight than allowed, and takes nothing beyond its bound', async () => {
    const { batches, release, commit } = gate();
    const batcher = new MicroBatcher(limits, commit);
    const taken = Array.from({ length: 10 }, (_, n) => batcher.add(n, 1));
    expect(taken.filter(Boolean)).toHaveLength(8);
    await turn();
    expect(batches.length).toBe(2);
    release.shift()?.();
    await turn();
    expect(batches.length).toBe(3);
    expect(batcher.add(99, 1)).toBe(true);
  });

  it('drains', async () => {
    const done: number[] = [];
    const batcher = new MicroBatcher<number>(limits, async (batch) => {
      await turn(2);
      done.push(...batch);
    });
    for (let n = 0; n < 7; n++) batcher.add(n, 1);
    await batcher.drain();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(batcher.pending).toBe(0);
  });
});
