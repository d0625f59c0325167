import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c } from './crc32c.js';
import { encodeRecordBatch } from './record-batch-encoder.js';

const require = createRequire(import.meta.url);
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: object) => Promise<{ buffer: Buffer }>;
};
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => object;

const bytes = fc.uint8Array({ maxLength: 20_000 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'binary', maxLength: 100 });
const headers = fc.dictionary(text, fc.oneof(bytes, text), { noNullPrototype: true, maxKeys: 12 });
const record = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers });

it('writes the very bytes that kafkajs writes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 150 }),
      fc.nat(2 ** 31 - 1),
      fc.nat(),
      async (records, firstSequence, producerId) => {
        const timestamp = 1_790_000_000_123;
        const expected = await RecordBatch({
          ...{
            firstSequence,
            producerId,
            producerEpoch: 3,
            firstTimestamp: timestamp,
            maxTimestamp: timestamp,
          },
          partitionLeaderEpoch: -1,
          lastOffsetDelta: records.length - 1,
          records: records.map((one, offsetDelta) => encodeRecord({ ...one, offsetDelta })),
        });
        const identity = { producerId: BigInt(producerId), producerEpoch: 3, firstSequence };
        expect(encodeRecordBatch(records, timestamp, identity).equals(expected.buffer)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
it.each([
  ['123456789', 0xe3069283],
  ['', 0],
])('crc32c of "%s"', (input, crc) => expect(crc32c(Buffer.from(input))).toBe(crc));

it.each([
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
])('crc32c of the blocks of RFC 3720', (block, crc) => expect(crc32c(block)).toBe(crc));
