import { decodeBase64 } from './encoding.js';
import { WaslError } from './errors.js';
import { HASH_BYTES } from './merkle.js';
import { openNote, parseVkey, signNote, type NoteKey, type NoteSigner } from './note.js';

/** What a log commits to (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Name of the log: schema-less URL without spaces and plus signs. */
  origin: string;
  size: number;
  root: Buffer;
}

const refuse = (detail: string): never => {
  throw new WaslError('malformed-checkpoint', detail);
};

export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** The body without signatures; extension lines are refused, since nobody could check them. Throws malformed-checkpoint. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...extensions] = text.split('\n');
  const rootBytes = decodeBase64(root ?? '');
  if (origin === undefined || origin === '' || end !== '' || extensions.length > 0) {
    return refuse('a checkpoint has three lines: origin, size, root');
  }
  if (size === undefined || !/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    return refuse('the size is not a decimal number');
  }
  if (rootBytes?.length !== HASH_BYTES) return refuse('the root is not 32 bytes of base64');
  return { origin, size: Number(size), root: rootBytes };
}

/** The checkpoint as a signed note. The name of the signer must be the origin. Throws malformed-checkpoint. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  if (signer.name !== checkpoint.origin) refuse('a log signs under its origin');
  return signNote(formatCheckpoint(checkpoint), [signer]);
}

/**
 * Signature first, then content; the origin must be the name of a log key that signed.
 * Throws malformed-checkpoint, wrong-signature, unknown-log; malformed-key for a bad vkey.
 */
export function openCheckpoint(note: string, logs: readonly (NoteKey | string)[]): Checkpoint {
  const keys = logs.map((log) => (typeof log === 'string' ? parseVkey(log) : log));
  const { text, signers } = openNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  if (!signers.some((signer) => signer.name === checkpoint.origin)) {
    throw new WaslError('unknown-log', 'the checkpoint is not signed by the log that it names');
  }
  return checkpoint;
}
