import { acknowledgementRoot } from '#protocol';

/** What a consumer signs for: every message of these offset ranges, bound by the Merkle root of their digests. */
export interface Handover {
  /** Inclusive offsets, ascending by partition then offset; a message that is not signed for ends a range. */
  ranges: { partition: number; first: string; last: string }[];
  count: number;
  /** base64url, RFC 6962 root over the digests ordered by partition, then offset. */
  root: string;
}

export function handoverOf(messages: { partition: number; offset: bigint; digest: string }[]): Handover {
  const ordered = [...messages].sort((a, b) => a.partition - b.partition || (a.offset < b.offset ? -1 : 1));
  const ranges: Handover['ranges'] = [];
  for (const { partition, offset } of ordered) {
    const open = ranges.at(-1);
    if (open?.partition === partition && BigInt(open.last) + 1n === offset) open.last = String(offset);
    else ranges.push({ partition, first: String(offset), last: String(offset) });
  }
  return {
    ranges,
    count: ordered.length,
    root: acknowledgementRoot(ordered.map((message) => message.digest)),
  };
}
