import { finished } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from } from 'pg-copy-streams';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const CHUNK_BYTES = 256 * 1024;

/** Grows a COPY ... (FORMAT binary) stream in memory (PostgreSQL manual, COPY §Binary Format). */
export class CopyBuffer {
  private buffer: Buffer;
  private length = 0;

  constructor(
    private readonly columns: number,
    expectedBytes: number,
  ) {
    this.buffer = Buffer.allocUnsafe(expectedBytes + SIGNATURE.length + 2);
    this.length += SIGNATURE.copy(this.buffer);
  }

  startRow(): void {
    this.reserve(2);
    this.length = this.buffer.writeInt16BE(this.columns, this.length);
  }

  int4(value: number): void {
    this.reserve(8);
    this.length = this.buffer.writeInt32BE(4, this.length);
    this.length = this.buffer.writeInt32BE(value, this.length);
  }

  int8(value: number | bigint): void {
    this.reserve(12);
    this.length = this.buffer.writeInt32BE(8, this.length);
    this.length = this.buffer.writeBigInt64BE(BigInt(value), this.length);
  }

  /** @param value the usual 36 characters */
  uuid(value: string): void {
    this.reserve(20);
    this.length = this.buffer.writeInt32BE(16, this.length);
    this.length += this.buffer.write(value.replaceAll('-', ''), this.length, 16, 'hex');
  }

  bytes(value: Uint8Array): void {
    this.reserve(4 + value.length);
    this.length = this.buffer.writeInt32BE(value.length, this.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  finish(): Buffer {
    this.reserve(2);
    this.length = this.buffer.writeInt16BE(-1, this.length);
    return this.buffer.subarray(0, this.length);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}

/**
 * Sends one COPY.
 * @param statement `copy <table> (<columns>) from stdin (format binary)`
 */
export async function copyIn(client: ClientBase, statement: string, content: Buffer): Promise<void> {
  const stream = client.query(from(statement));
  const ended = finished(stream);
  for (let start = 0; start < content.length; start += CHUNK_BYTES) {
    const ready = stream.write(content.subarray(start, start + CHUNK_BYTES));
    if (!ready) await Promise.race([ended, new Promise((resolve) => stream.once('drain', resolve))]);
  }
  stream.end();
  await ended;
}
