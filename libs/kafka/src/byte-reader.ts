/** Reads the integers and byte strings of Kafka's protocol from a buffer, without copies. */
export class ByteReader {
  position = 0;

  constructor(readonly buffer: Buffer) {}

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  int8(): number {
    return this.buffer.readInt8(this.advance(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.advance(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.advance(4));
  }

  int64(): bigint {
    return this.buffer.readBigInt64BE(this.advance(8));
  }

  /** Zigzag varint of up to 64 bits; exact up to 2^53, which offsets' deltas, lengths and milliseconds stay below. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.position++];
      if (byte === undefined) throw new RangeError('The record ends inside a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(length: number): Buffer {
    const start = this.advance(length);
    return this.buffer.subarray(start, start + length);
  }

  /** Length as varint, then that many bytes; length -1 is null. */
  varintBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.bytes(length);
  }

  string(): string {
    return this.bytes(this.int16()).toString('utf8');
  }

  private advance(length: number): number {
    const start = this.position;
    if (length < 0 || start + length > this.buffer.length) throw new RangeError('The data ends too early');
    this.position = start + length;
    return start;
  }
}
