import { describe, expect, it } from 'vitest';
import { acknowledgementRoot } from '#protocol';
import { handoverOf, handoversOf } from './acknowledgement.js';

const at = (partition: number, offset: bigint) => ({ partition, offset, digest: `d${partition}-${offset}` });

describe('handoverOf', () => {
  it('orders by partition, then offset, whatever the order of arrival', () => {
    const handover = handoverOf([at(1, 9n), at(0, 11n), at(0, 10n), at(1, 8n)]);
    expect(handover.ranges).toEqual([
      { partition: 0, first: '10', last: '11' },
      { partition: 1, first: '8', last: '9' },
    ]);
    expect(handover.count).toBe(4);
    expect(handover.root).toBe(acknowledgementRoot(['d0-10', 'd0-11', 'd1-8', 'd1-9']));
  });

  it('does not sign for an offset that was left out', () => {
    expect(handoverOf([at(0, 1n), at(0, 3n)]).ranges).toEqual([
      { partition: 0, first: '1', last: '1' },
      { partition: 0, first: '3', last: '3' },
    ]);
  });
});

describe('handoversOf', () => {
  it('splits where one acknowledgement could not name all ranges, and covers everything once', () => {
    const messages = [at(0, 1n), at(0, 2n), at(0, 4n), at(0, 6n), at(1, 0n)];
    const handovers = handoversOf(messages, 2);
    expect(handovers.map(({ count, ranges }) => [count, ranges.length])).toEqual([
      [3, 2],
      [2, 2],
    ]);
    expect(handovers[0]).toEqual(handoverOf(messages.slice(0, 3)));
    expect(handovers[1]).toEqual(handoverOf(messages.slice(3)));
    expect(handoversOf(messages)).toEqual([handoverOf(messages)]);
  });

  it('has nothing to say about nothing', () => {
    expect(handoversOf([])).toEqual([]);
  });
});
