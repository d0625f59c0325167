import type { KafkaRecord, PartitionReader } from '#kafka';
import { parseManifest, WaslError, type OffsetRange } from '#protocol';

/** Messages that one acknowledgement may cover. */
export const MOST_MESSAGES = 10_000;
const FETCH = { maxWaitMs: 0, maxBytes: 4 * 1024 * 1024, maxBytesPerPartition: 4 * 1024 * 1024 };

/** Reads back what was delivered in ranges of a topic. */
export class DeliveredRange {
  constructor(private readonly reader: PartitionReader) {}

  /**
   * Digests of the messages in the ranges, by partition, then offset: the leaves of an acknowledgement.
   * @throws WaslError acknowledgement-mismatch: too wide, or not all of it is in the topic
   */
  async digests(topic: string, ranges: readonly OffsetRange[]): Promise<string[]> {
    const spans = ranges.map(({ partition, first, last }) => ({
      partition,
      first: BigInt(first),
      last: BigInt(last),
    }));
    const width = spans.reduce((sum, { first, last }) => sum + (last - first) + 1n, 0n);
    if (width > BigInt(MOST_MESSAGES))
      throw mismatch(`an acknowledgement covers ${MOST_MESSAGES} offsets at most`);
    const [earliest, latest] = await Promise.all([
      this.reader.offsets(topic, 'earliest'),
      this.reader.offsets(topic, 'latest'),
    ]);
    for (const { partition, first, last } of spans) {
      const from = earliest.get(partition);
      const end = latest.get(partition);
      if (from === undefined || end === undefined)
        throw mismatch('a range names a partition that the topic lacks');
      if (last >= end) throw mismatch('a range reaches beyond the messages of its partition');
      if (first < from) throw mismatch('a range begins before the messages that are still kept');
    }
    const digests: string[] = [];
    for (const { partition, first, last } of spans)
      await this.collect({ topic, partition }, first, last, digests);
    return digests;
  }

  private async collect(
    partition: { topic: string; partition: number },
    first: bigint,
    last: bigint,
    digests: string[],
  ): Promise<void> {
    for (let offset = first; offset <= last;) {
      const [slice] = await this.reader.fetch([{ ...partition, offset }], FETCH);
      if (!slice || slice.outOfRange || slice.nextOffset === offset) {
        throw new WaslError('unavailable', 'the acknowledged messages could not be read', {
          retryAfterSeconds: 1,
        });
      }
      for (const record of slice.records) {
        const digest = record.offset <= last ? digestOf(record) : undefined;
        if (digest !== undefined) digests.push(digest);
      }
      offset = slice.nextOffset;
    }
  }
}

/** Undefined for what the feed does not deliver either. */
function digestOf({ headers }: KafkaRecord): string | undefined {
  const manifest = headers.get('wasl-manifest');
  if (!manifest || !headers.has('wasl-evidence')) return undefined;
  return parseManifest(manifest.toString('latin1')).claims.digest;
}

function mismatch(detail: string): WaslError {
  return new WaslError('acknowledgement-mismatch', detail);
}
