import { acknowledgementRoot, MAX_RANGES } from '#protocol';

/** What a consumer signs for: every message of these offset ranges, bound by the Merkle root of their digests. */
export interface Handover {
  /** Inclusive offsets, ascending by partition then offset; a message that is not signed for ends a range. */
  ranges: { partition: number; first: string; last: string }[];
  count: number;
  /** base64url, RFC 6962 root over the digests ordered by partition, then offset. */
  root: string;
}

type Delivered = { partition: number; offset: bigint; digest: string };

/** Signs for all of these messages at once. */
export function handoverOf(messages: Delivered[]): Handover {
  const ordered = inOrder(messages);
  return { ranges: rangesOf(ordered), count: ordered.length, root: rootOf(ordered) };
}

/** As few handovers as it takes when one may name at most `maxRanges` ranges. */
export function handoversOf(messages: Delivered[], maxRanges = MAX_RANGES): Handover[] {
  const ordered = inOrder(messages);
  const ranges = rangesOf(ordered);
  const handovers: Handover[] = [];
  let taken = 0;
  for (let first = 0; first < ranges.length; first += maxRanges) {
    const some = ranges.slice(first, first + maxRanges);
    const count = some.reduce((sum, range) => sum + Number(BigInt(range.last) - BigInt(range.first)) + 1, 0);
    const covered = ordered.slice(taken, taken + count);
    taken += count;
    handovers.push({ ranges: some, count, root: rootOf(covered) });
  }
  return handovers;
}

function inOrder(messages: Delivered[]): Delivered[] {
  return [...messages].sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
}

function rangesOf(ordered: Delivered[]): Handover['ranges'] {
  const ranges: Handover['ranges'] = [];
  for (const { partition, offset } of ordered) {
    const open = ranges.at(-1);
    if (open?.partition === partition && BigInt(open.last) + 1n === offset) open.last = String(offset);
    else ranges.push({ partition, first: String(offset), last: String(offset) });
  }
  return ranges;
}

function rootOf(ordered: Delivered[]): string {
  return acknowledgementRoot(ordered.map(({ digest }) => digest));
}
