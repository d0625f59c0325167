import { WaslError } from '#protocol';

/** Offset of the next message wanted, by partition. */
export type Positions = Map<number, bigint>;

const VERSION = 1;
const MAX_LENGTH = 4_096;
const PARTITION = /^(?:0|[1-9]\d{0,5})$/;
const OFFSET = /^(?:0|[1-9]\d{0,18})$/;

/** An opaque cursor: it says where to go on and grants nothing, since every page checks the right anew. */
export function encodeCursor(topic: string, positions: Positions): string {
  const offsets = Object.fromEntries(
    [...positions].map(([partition, offset]) => [partition, String(offset)]),
  );
  return Buffer.from(JSON.stringify({ v: VERSION, t: topic, o: offsets })).toString('base64url');
}

/**
 * Reads a cursor strictly: exactly what `encodeCursor` writes for this topic.
 * @throws WaslError invalid-cursor
 */
export function decodeCursor(text: string, topic: string): Positions {
  if (text.length > MAX_LENGTH) throw invalid();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw invalid();
  }
  const { v, t, o } = (parsed ?? {}) as Record<string, unknown>;
  if (v !== VERSION || t !== topic || typeof o !== 'object' || o === null) throw invalid();
  const positions: Positions = new Map();
  for (const [partition, offset] of Object.entries(o)) {
    if (!PARTITION.test(partition) || typeof offset !== 'string' || !OFFSET.test(offset)) throw invalid();
    positions.set(Number(partition), BigInt(offset));
  }
  // What decodes to the same positions in another spelling was not written here.
  if (encodeCursor(topic, positions) !== text) throw invalid();
  return positions;
}

function invalid(): WaslError {
  return new WaslError('invalid-cursor', 'the cursor is not one that this topic gave out; begin without it');
}
