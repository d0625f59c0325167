import { describe, expect, it } from 'vitest';
import { BatchLoader } from './batch-loader.js';

const LIMITS = { records: 3, inFlight: 1, pending: 5 };

describe('BatchLoader', () => {
  it('loads what is asked at once together, and gives each caller its own', async () => {
    const loads: number[][] = [];
    const loader = new BatchLoader(LIMITS, async (keys: number[]) => {
      loads.push(keys);
      return keys.map((key) => key * 10);
    });
    expect(await Promise.all([1, 2, 3, 4].map((key) => loader.load(key)))).toEqual([10, 20, 30, 40]);
    expect(loads).toEqual([[1, 2, 3], [4]]);
    expect(await loader.load(1)).toBe(10);
    expect(loads).toHaveLength(3);
  });

  it('tells all of a batch when loading fails, and goes on', async () => {
    let broken = true;
    const loader = new BatchLoader(LIMITS, async (keys: number[]) => {
      if (broken) throw new Error('away');
      return keys;
    });
    const asked = await Promise.allSettled([loader.load(1), loader.load(2)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await loader.load(3)).toBe(3);
  });

  it('takes no more than its bound', async () => {
    const loader = new BatchLoader(LIMITS, async (keys: number[]) => keys);
    const asked = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((key) => loader.load(key)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(asked.at(-1)).toMatchObject({ reason: { code: 'too-many-requests' } });
  });
});
