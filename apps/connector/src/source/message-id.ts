import { createHash, createHmac } from 'node:crypto';

/** What makes one version of one row: the same parts give the same id, after any crash and on any instance. */
export interface RowVersion {
  system: string;
  connector: string;
  topic: string;
  key: string;
  op: 'put' | 'delete';
  /** Text of the watermark, to the microsecond. */
  watermark: string;
  payload: Uint8Array;
}

/** UUIDv8 (RFC 9562 §5.8) from the first 122 free bits of a SHA-256. */
export function messageId(version: RowVersion): string {
  const hash = createHash('sha256');
  for (const part of [
    version.system,
    version.connector,
    version.topic,
    version.key,
    version.op,
    version.watermark,
  ]) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  const digest = hash.update(version.payload).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The digest salt of a message: the same for a repetition after a crash, so that it counts as the same content;
 * unguessable for everyone else, because the secret never leaves the connector's database.
 */
export function messageSalt(secret: Buffer, id: string): string {
  return createHmac('sha256', secret).update(id).digest().subarray(0, 16).toString('base64url');
}
