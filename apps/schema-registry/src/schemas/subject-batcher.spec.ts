import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SubjectBatcher } from './subject-batcher.js';

const LIMITS = { records: 10, bytes: 1_000, lingerMs: 0, inFlight: 3, pending: 12 };
const item = (subject: string, n: number) => ({ subject: { context: '.', subject }, n });

/** Batches that were started, each held until it is released. */
function held(limits = LIMITS) {
  const started: string[] = [];
  const release: (() => void)[] = [];
  const batcher = new SubjectBatcher<ReturnType<typeof item>>(limits, (batch) => {
    started.push(batch.map(({ subject, n }) => `${subject.subject}${n}`).join(' '));
    return new Promise((resolve) => release.push(resolve));
  });
  return { batcher, started, release };
}
const turn = () => sleep(5);

it('has a subject in one batch at a time, and takes all that waited in the next', async () => {
  const { batcher, started, release } = held();
  batcher.add(item('a', 1), 1);
  batcher.add(item('a', 2), 1);
  await turn();
  for (const n of [3, 4, 5]) {
    batcher.add(item('a', n), 1);
    await turn();
  }
  expect(started).toEqual(['a1 a2']);
  release[0]!();
  await turn();
  expect(started).toEqual(['a1 a2', 'a3 a4 a5']);
});

it('lets other subjects go on meanwhile, with as many batches as allowed', async () => {
  const { batcher, started } = held();
  for (const subject of ['a', 'b', 'c', 'd']) {
    batcher.add(item(subject, 1), 1);
    batcher.add(item('a', 2), 1);
    await turn();
  }
  expect(started).toEqual(['a1 a2', 'b1', 'c1']);
});

it('takes no more than its bound, those behind a subject counted, and loses none', async () => {
  const { batcher, started, release } = held();
  const taken = [];
  for (let n = 1; n <= 15; n += 1) {
    taken.push(batcher.add(item('a', n), 1));
    if (n % 4 === 0) await turn();
  }
  expect(taken.filter(Boolean)).toHaveLength(12);
  while (release.length > 0) {
    release.shift()!();
    await turn();
  }
  expect(started.join(' ').split(' ').sort()).toEqual(
    Array.from({ length: 12 }, (_, index) => `a${index + 1}`).sort(),
  );
  expect(batcher.add(item('a', 16), 1)).toBe(true);
});
