import { describe, expect, it } from 'vitest';
import { acknowledgementRoot } from '#protocol';
import { handoverOf } from './acknowledgement.js';

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
