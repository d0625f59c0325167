import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './encoding.js';
import { WaslError } from './errors.js';
import type { SigningKey } from './keys.js';

/** Ed25519 signature of a note (C2SP signed-note, signature type 0x01). */
const ED25519 = 0x01;
const MAX_NOTE_BYTES = 1_000_000;
const MAX_SIGNATURES = 64;

export interface NoteKey {
  name: string;
  /** Eight hexadecimal digits. */
  keyId: string;
  publicKey: KeyObject;
}

export interface NoteSigner extends NoteKey {
  privateKey: KeyObject;
}

export interface OpenedNote {
  /** The signed text, with its final newline. */
  text: string;
  /** Keys of ours whose signature verified; never empty. */
  signers: NoteKey[];
}

const refuse = (detail: string): never => {
  throw new WaslError('malformed-checkpoint', detail);
};

const NAME = /^[^\s+\p{Cc}]+$/u;

function rawPublicKey(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}

function keyIdOf(name: string, raw: Buffer): string {
  const input = Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.from([ED25519]), raw]);
  return hash('sha256', input).slice(0, 8);
}

/** A signer of notes under the log's name. Throws malformed-key unless Ed25519. */
export function noteSigner(name: string, key: SigningKey): NoteSigner {
  if (key.alg !== 'Ed25519') throw new WaslError('malformed-key', 'notes are signed with Ed25519');
  if (!NAME.test(name)) throw new WaslError('malformed-key', 'a key name has no space and no plus sign');
  const publicKey = createPublicKey(key.privateKey);
  return { name, keyId: keyIdOf(name, rawPublicKey(publicKey)), publicKey, privateKey: key.privateKey };
}

/** `<name>+<key id in hex>+<base64(type ‖ public key)>` (C2SP signed-note, verifier keys). */
export function vkey(key: NoteKey): string {
  const data = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(key.publicKey)]);
  return `${key.name}+${key.keyId}+${data.toString('base64')}`;
}

/** Throws malformed-key. The base64 may itself hold a plus sign, so only the first two separate. */
export function parseVkey(text: string): NoteKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text);
  const data = decodeBase64(match?.[3] ?? '');
  const name = match?.[1] ?? '';
  if (match === null || !NAME.test(name) || data?.length !== 33 || data[0] !== ED25519) {
    throw new WaslError('malformed-key', 'not an Ed25519 verifier key of the form name+id+key');
  }
  const raw = data.subarray(1);
  if (keyIdOf(name, raw) !== match[2])
    throw new WaslError('malformed-key', 'the id is not that of the verifier key');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  return { name, keyId: match[2], publicKey };
}

/** Text, blank line, one signature line for each signer. The text must end with a newline. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  checkText(text);
  const lines = signers.map((signer) => {
    const signature = sign(null, Buffer.from(text, 'utf8'), signer.privateKey);
    const blob = Buffer.concat([Buffer.from(signer.keyId, 'hex'), signature]);
    return `\u2014 ${signer.name} ${blob.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/**
 * Opens a signed note. Signatures of unknown keys are ignored (witnesses, other algorithms); a known key whose
 * signature fails spoils the whole note. Throws malformed-checkpoint, wrong-signature, unknown-log (no known key signed).
 */
export function openNote(note: string, keys: readonly NoteKey[]): OpenedNote {
  if (note.length > MAX_NOTE_BYTES || /\p{Surrogate}/u.test(note))
    refuse('the note is too long or not well-formed text');
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) refuse('the note has no signatures');
  const text = note.slice(0, split + 1);
  checkText(text);
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) refuse(`the note has more than ${MAX_SIGNATURES} signatures`);
  const signers: NoteKey[] = [];
  for (const line of lines) {
    const { name, keyId, signature } = parseSignatureLine(line);
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (key === undefined) continue;
    if (signature.length !== 64 || !verify(null, Buffer.from(text, 'utf8'), key.publicKey, signature)) {
      throw new WaslError('wrong-signature', 'the signature of a trusted log on the note is wrong');
    }
    if (!signers.includes(key)) signers.push(key);
  }
  if (signers.length === 0) throw new WaslError('unknown-log', 'no trusted log has signed the note');
  return { text, signers };
}

function parseSignatureLine(line: string): { name: string; keyId: string; signature: Buffer } {
  const [dash, name, base64, ...rest] = line.split(' ');
  const blob = decodeBase64(base64 ?? '');
  if (dash !== '\u2014' || name === undefined || !NAME.test(name) || rest.length > 0) {
    return refuse('a signature line is not of the form "— name base64"');
  }
  if (blob === undefined || blob.length < 5) return refuse('a signature is not canonical base64');
  return { name, keyId: blob.toString('hex', 0, 4), signature: blob.subarray(4) };
}

function checkText(text: string): void {
  // eslint-disable-next-line no-control-regex
  if (!text.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(text)) {
    refuse('the text of a note ends with a newline and holds no other control character');
  }
}
