import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecordBatches } from './record-batch.js';

const require = createRequire(import.meta.url);
interface Encoder {
  buffer: Buffer;
}
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<Encoder>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => Encoder;

interface Plain {
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer>;
}

const FIRST_TIME = 1_790_000_000_000;
const ATTRIBUTES = 21;

async function batch(baseOffset: bigint, records: Plain[]): Promise<Buffer> {
  const encoded = await RecordBatch({
    firstTimestamp: FIRST_TIME,
    maxTimestamp: FIRST_TIME + records.length,
    lastOffsetDelta: records.length - 1,
    records: records.map((record, i) => encodeRecord({ ...record, offsetDelta: i, timestampDelta: i })),
  });
  encoded.buffer.writeBigInt64BE(baseOffset, 0);
  return encoded.buffer;
}

function compressed(plain: Buffer, codec: number, compress: (bytes: Buffer) => Buffer): Buffer {
  const body = compress(plain.subarray(61));
  const bytes = Buffer.concat([plain.subarray(0, 61), body]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(codec, ATTRIBUTES);
  return bytes;
}

const plain = (text: string): Plain => ({ key: null, value: Buffer.from(text), headers: {} });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const headers = fc.dictionary(fc.stringMatching(/^[a-z_-]{1,20}$/), bytes, { noNullPrototype: true });
const record = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers });

describe('decodeRecordBatches', () => {
  it('reads back whatever the encoder of kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 20 }),
        fc.bigInt({ min: 0n, max: 2n ** 60n }),
        async (records, base) => {
          const decoded = decodeRecordBatches(await batch(base, records), 't', 2, base);
          expect(decoded.nextOffset).toBe(base + BigInt(records.length));
          expect(decoded.records).toEqual(
            records.map(({ key, value, headers }, i) => ({
              ...{ topic: 't', partition: 2, key, value },
              offset: base + BigInt(i),
              timestamp: FIRST_TIME + i,
              headers: new Map(Object.entries(headers)),
            })),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ['gzip', 1, gzipSync],
    ['zstd', 4, zstdCompressSync],
  ] as const)('reads %s', async (_, codec, compress) => {
    const source = await batch(5n, [plain('a'), plain('b')]);
    const { records } = decodeRecordBatches(compressed(source, codec, compress), 't', 0, 5n);
    expect(records.map(({ value }) => value!.toString())).toEqual(['a', 'b']);
  });

  it('names a compression it does not read', async () => {
    const source = await batch(0n, [plain('a')]);
    source.writeInt16BE(2, ATTRIBUTES);
    expect(() => decodeRecordBatches(source, 't', 0, 0n)).toThrow('snappy');
  });

  it('leaves out what lies before the offset asked for', async () => {
    const source = await batch(10n, ['a', 'b', 'c'].map(plain));
    const { records, nextOffset } = decodeRecordBatches(source, 't', 0, 12n);
    expect(records.map(({ offset }) => offset)).toEqual([12n]);
    expect(nextOffset).toBe(13n);
  });

  it('leaves a batch cut by the byte limit to the next fetch', async () => {
    const [one, two] = [await batch(0n, [plain('a')]), await batch(1n, [plain('b')])];
    const cut = Buffer.concat([one, two.subarray(0, two.length - 1)]);
    expect(decodeRecordBatches(cut, 't', 0, 0n)).toMatchObject({ records: [{ offset: 0n }], nextOffset: 1n });
    expect(decodeRecordBatches(cut.subarray(0, 30), 't', 0, 0n)).toEqual({ records: [], nextOffset: 0n });
  });

  it('goes past control batches, and past batches that compaction has emptied', async () => {
    const control = await batch(0n, [plain('commit')]);
    control.writeInt16BE(0b110000, ATTRIBUTES);
    const empty = Buffer.from((await batch(1n, [plain('a'), plain('b')])).subarray(0, 61));
    empty.writeInt32BE(empty.length - 12, 8);
    empty.writeInt32BE(0, 57);
    const decoded = decodeRecordBatches(Buffer.concat([control, empty]), 't', 0, 0n);
    expect(decoded).toEqual({ records: [], nextOffset: 3n });
  });

  it('throws on a batch that lies about its content', async () => {
    const source = await batch(0n, [plain('abc')]);
    source.writeInt32BE(2, 57);
    expect(() => decodeRecordBatches(source, 't', 0, 0n)).toThrow(RangeError);
  });
});
