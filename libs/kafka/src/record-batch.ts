import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader } from './byte-reader.js';
import type { KafkaRecord } from './records.js';

const HEADER = 61;
const BEFORE_LENGTH_ENDS = 12;
const MAGIC = 2;
const COMPRESSION = 0b111;
const LOG_APPEND_TIME = 0b1000;
const CONTROL_BATCH = 0b100000;

export interface DecodedBatches {
  records: KafkaRecord[];
  /** where to read on: behind the last whole batch, also when compaction or control batches left it without records */
  nextOffset: bigint;
}

/**
 * Decodes the record batches (magic 2) of one partition in a fetch response. Reading from the middle of a batch, the
 * broker sends the whole of it: records below `from` are left out. An incomplete batch at the end, cut by the byte
 * limit, is left for the next fetch.
 */
export function decodeRecordBatches(
  bytes: Buffer,
  topic: string,
  partition: number,
  from: bigint,
): DecodedBatches {
  const records: KafkaRecord[] = [];
  let nextOffset = from;
  let position = 0;
  while (bytes.length - position >= HEADER) {
    const length = bytes.readInt32BE(position + 8);
    const end = position + BEFORE_LENGTH_ENDS + length;
    if (end > bytes.length) break;
    const batch = new ByteReader(bytes.subarray(position, end));
    const last = decodeBatch(batch, topic, partition, from, records);
    if (last >= nextOffset) nextOffset = last + 1n;
    position = end;
  }
  return { records, nextOffset };
}

function decodeBatch(
  reader: ByteReader,
  topic: string,
  partition: number,
  from: bigint,
  into: KafkaRecord[],
): bigint {
  const baseOffset = reader.int64();
  reader.position = 16;
  const magic = reader.int8();
  if (magic !== MAGIC) throw new Error(`Record batches of magic ${magic} are not supported`);
  reader.position = 21;
  const attributes = reader.int16();
  const last = baseOffset + BigInt(reader.int32());
  const firstTimestamp = Number(reader.int64());
  const maxTimestamp = Number(reader.int64());
  reader.position = 57;
  const count = reader.int32();
  if ((attributes & CONTROL_BATCH) !== 0 || last < from) return last;

  const body = decompress(attributes & COMPRESSION, reader);
  for (let index = 0; index < count; index++) {
    const end = body.varint() + body.position;
    body.position += 1;
    const timestamp = firstTimestamp + body.varint();
    const offset = baseOffset + BigInt(body.varint());
    if (offset >= from) {
      const key = body.varintBytes();
      const value = body.varintBytes();
      const headers = decodeHeaders(body);
      const time = (attributes & LOG_APPEND_TIME) === 0 ? timestamp : maxTimestamp;
      into.push({ topic, partition, offset, timestamp: time, key, value, headers });
    }
    body.position = end;
  }
  return last;
}

function decodeHeaders(reader: ByteReader): Map<string, Buffer> {
  const headers = new Map<string, Buffer>();
  for (let left = reader.varint(); left > 0; left--) {
    const name = reader.varintBytes()?.toString('utf8') ?? '';
    headers.set(name, reader.varintBytes() ?? Buffer.alloc(0));
  }
  return headers;
}

function decompress(codec: number, reader: ByteReader): ByteReader {
  if (codec === 0) return reader;
  const compressed = reader.bytes(reader.remaining);
  if (codec === 1) return new ByteReader(gunzipSync(compressed));
  if (codec === 4) return new ByteReader(zstdDecompressSync(compressed));
  throw new Error(`Compression ${codec === 2 ? 'snappy' : codec === 3 ? 'lz4' : codec} is not supported`);
}
