import { crc32c } from './crc32c.js';

const HEADER = 61;
const CRC_START = 21;
const MAGIC = 2;

export interface EncodableRecord {
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string | Buffer>;
}

export interface BatchIdentity {
  producerId: bigint;
  producerEpoch: number;
  firstSequence: number;
}

/**
 * One record batch (magic 2, uncompressed, every record with the same time), written into a buffer of its exact
 * length: the encoder of kafkajs makes a buffer for each part of each record and takes several times as long.
 * @param timestamp ms since the epoch
 */
export function encodeRecordBatch(
  records: EncodableRecord[],
  timestamp: number,
  identity: BatchIdentity,
): Buffer {
  const sizes = records.map(recordSize);
  const length = sizes.reduce((sum, size) => sum + varintSize(size) + size, HEADER);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeBigInt64BE(0n, 0); // base offset: the broker's to set
  bytes.writeInt32BE(length - 12, 8);
  bytes.writeInt32BE(-1, 12); // leader epoch: the broker's to set
  bytes.writeInt8(MAGIC, 16);
  bytes.writeInt16BE(0, CRC_START);
  bytes.writeInt32BE(records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(timestamp), 27);
  bytes.writeBigInt64BE(BigInt(timestamp), 35);
  bytes.writeBigInt64BE(identity.producerId, 43);
  bytes.writeInt16BE(identity.producerEpoch, 51);
  bytes.writeInt32BE(identity.firstSequence, 53);
  bytes.writeInt32BE(records.length, 57);
  let position = HEADER;
  for (let i = 0; i < records.length; i++) {
    position = writeVarint(bytes, position, sizes[i]!);
    position = writeRecord(bytes, position, records[i]!, i);
  }
  bytes.writeUInt32BE(crc32c(bytes, CRC_START), 17);
  return bytes;
}

function recordSize({ key, value, headers }: EncodableRecord, offsetDelta: number): number {
  let size = 2 + varintSize(offsetDelta) + bytesSize(key) + bytesSize(value);
  let count = 0;
  for (const name in headers) {
    count += 1;
    size += bytesSize(headerName(name)) + bytesSize(headers[name]!);
  }
  return size + varintSize(count);
}

function writeRecord(
  bytes: Buffer,
  start: number,
  { key, value, headers }: EncodableRecord,
  delta: number,
): number {
  bytes[start] = 0; // attributes
  bytes[start + 1] = 0; // timestamp delta
  let position = writeVarint(bytes, start + 2, delta);
  position = writeBytes(bytes, position, key);
  position = writeBytes(bytes, position, value);
  let count = 0;
  for (const _ in headers) count += 1;
  position = writeVarint(bytes, position, count);
  for (const name in headers) {
    position = writeBytes(bytes, position, headerName(name));
    position = writeBytes(bytes, position, headers[name]!);
  }
  return position;
}

const NAMES = new Map<string, Buffer>();
const MOST_NAMES = 1_000;

/** Header names are few and the same in every record: encode each once. */
function headerName(name: string): Buffer {
  let bytes = NAMES.get(name);
  if (!bytes) {
    bytes = Buffer.from(name);
    if (NAMES.size < MOST_NAMES) NAMES.set(name, bytes);
  }
  return bytes;
}

function bytesSize(content: Buffer | string | null): number {
  if (content === null) return 1;
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
  return varintSize(length) + length;
}

function writeBytes(bytes: Buffer, position: number, content: Buffer | string | null): number {
  if (content === null) return writeVarint(bytes, position, -1);
  if (typeof content === 'string') {
    const start = writeVarint(bytes, position, Buffer.byteLength(content));
    return start + bytes.write(content, start);
  }
  const start = writeVarint(bytes, position, content.length);
  bytes.set(content, start);
  return start + content.length;
}

/** Zigzag varint of a 32-bit number. */
function writeVarint(bytes: Buffer, position: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 0x7f) {
    bytes[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[position++] = rest;
  return position;
}

function varintSize(value: number): number {
  const rest = ((value << 1) ^ (value >> 31)) >>> 0;
  return rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x20_0000 ? 3 : rest < 0x1000_0000 ? 4 : 5;
}
