import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import { WaslError } from './errors.js';
import { verificationKeyFromJwk, type Jwk, type VerificationKey } from './keys.js';
import { parseVkey, type NoteKey } from './note.js';
import { isMemberUrn, isSystemUrn } from './urn.js';

export type KeyStatus = 'pending' | 'active' | 'retired' | 'compromised';

/** A registered key as verifiers know it. Times are RFC 3339 UTC. */
export interface TrustedKey {
  kid: string;
  alg: string;
  jwk: Jwk;
  /** URN of the system that the key belongs to. */
  system: string;
  status: KeyStatus;
  notBefore: string;
  notAfter: string | null;
  /** When the key got its present status. */
  changedAt?: string | null;
}

/** What a verifier has to be given out of band (docs/formats/receipt.md). */
export interface Trust {
  format: 'wasl-trust/1';
  /** Member URN of the bus. */
  bus: string;
  /** Verifier keys of the logs: `name+id+key`. */
  log: string[];
  keys: TrustedKey[];
}

const STATUSES = new Set<unknown>(['pending', 'active', 'retired', 'compromised']);
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
const isTimeOrAbsent = (value: unknown): boolean => value === null || value === undefined || isTime(value);

function isTrust(value: unknown): value is Trust {
  const trust = value as Partial<Trust> | null;
  return (
    typeof trust === 'object' &&
    trust !== null &&
    trust.format === 'wasl-trust/1' &&
    isMemberUrn(trust.bus) &&
    Array.isArray(trust.log) &&
    trust.log.every((log) => typeof log === 'string') &&
    Array.isArray(trust.keys) &&
    trust.keys.every(isTrustedKey)
  );
}

function isTrustedKey(key: Partial<TrustedKey> | null): boolean {
  return (
    typeof key === 'object' &&
    key !== null &&
    typeof key.kid === 'string' &&
    typeof key.jwk === 'object' &&
    isSystemUrn(key.system) &&
    STATUSES.has(key.status) &&
    isTime(key.notBefore) &&
    isTimeOrAbsent(key.notAfter) &&
    isTimeOrAbsent(key.changedAt)
  );
}

/** A trust file read once: keys by kid, imported when first used. */
export class TrustAnchors {
  readonly bus: string;
  readonly logs: NoteKey[];
  private readonly entries: Map<string, TrustedKey>;
  private readonly imported = new Map<string, VerificationKey>();
  private opened: { note: string; checkpoint: Checkpoint } | undefined;

  private constructor(trust: Trust) {
    this.bus = trust.bus;
    this.logs = trust.log.map(parseVkey);
    this.entries = new Map(trust.keys.map((entry) => [entry.kid, entry]));
    if (this.entries.size !== trust.keys.length) throw new WaslError('malformed-trust', 'a kid stands twice');
  }

  /** Throws malformed-trust; malformed-key for a verifier key of a log. */
  static read(value: unknown): TrustAnchors {
    if (!isTrust(value)) throw new WaslError('malformed-trust', 'not a trust file of format wasl-trust/1');
    return new TrustAnchors(value);
  }

  /** As openCheckpoint; the note opened last is kept, since receipts verified together share it. */
  checkpoint(note: string): Checkpoint {
    if (this.opened?.note !== note) this.opened = { note, checkpoint: openCheckpoint(note, this.logs) };
    return this.opened.checkpoint;
  }

  /** Throws unknown-key. */
  entry(kid: string): TrustedKey {
    const entry = this.entries.get(kid);
    if (entry === undefined) throw new WaslError('unknown-key', 'no trusted key has this kid');
    return entry;
  }

  /** Throws unknown-key; malformed-key if the kid is not the thumbprint of the key that stands beside it. */
  key(kid: string): VerificationKey {
    let key = this.imported.get(kid);
    if (key === undefined) {
      key = verificationKeyFromJwk(this.entry(kid).jwk);
      if (key.kid !== kid)
        throw new WaslError('malformed-key', 'a trusted kid is not the thumbprint of its key');
      this.imported.set(kid, key);
    }
    return key;
  }
}
