import { isUuid } from './encoding.js';
import { WaslError } from './errors.js';
import { verificationKeyFromJwk, type Jwk, type VerificationKey } from './keys.js';
import { parseVkey } from './note.js';
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
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isTimeOrAbsent = (value: unknown): boolean => value === null || value === undefined || isTime(value);

/** Throws malformed-trust; malformed-key for a key or verifier key that cannot be used. */
export function parseTrust(value: unknown): Trust {
  const trust = value as Partial<Trust> | null;
  const wellFormed =
    typeof trust === 'object' &&
    trust !== null &&
    trust.format === 'wasl-trust/1' &&
    isMemberUrn(trust.bus) &&
    Array.isArray(trust.log) &&
    trust.log.every((log) => typeof log === 'string') &&
    Array.isArray(trust.keys) &&
    trust.keys.every(isTrustedKey);
  if (!wellFormed) throw new WaslError('malformed-trust', 'not a trust file of format wasl-trust/1');
  trust.log!.forEach(parseVkey);
  return trust as Trust;
}

function isTrustedKey(key: Partial<TrustedKey> | null): boolean {
  return (
    typeof key === 'object' &&
    key !== null &&
    typeof key.kid === 'string' &&
    !isUuid(key.kid) &&
    typeof key.jwk === 'object' &&
    isSystemUrn(key.system) &&
    STATUSES.has(key.status) &&
    isTime(key.notBefore) &&
    isTimeOrAbsent(key.notAfter) &&
    isTimeOrAbsent(key.changedAt)
  );
}

/** The key as it stands in the trust file. Throws unknown-key, malformed-key. */
export function trustedKey(trust: Trust, kid: string): { entry: TrustedKey; key: VerificationKey } {
  const entry = trust.keys.find((candidate) => candidate.kid === kid);
  if (entry === undefined) throw new WaslError('unknown-key', 'no trusted key has this kid');
  const key = verificationKeyFromJwk(entry.jwk);
  if (key.kid !== kid) throw new WaslError('malformed-key', 'the kid of a trusted key is not its thumbprint');
  return { entry, key };
}

/** What the validity of a key depends on. */
export type KeyValidity = Pick<TrustedKey, 'status' | 'notBefore' | 'notAfter' | 'changedAt'>;

/**
 * Whether a signature made at `seconds` counts: the window is [notBefore, notAfter); a retired or compromised key
 * counts for what was made before it became so, never if that time is not known. Throws key-not-active, key-compromised.
 */
export function checkKeyValidAt(key: KeyValidity, seconds: number): void {
  if (key.status === 'pending') throw new WaslError('key-not-active', 'the key has never been activated');
  const at = seconds * 1000;
  const changed = key.changedAt == null ? undefined : Date.parse(key.changedAt);
  if (key.status === 'compromised' && (changed === undefined || at >= changed)) {
    throw new WaslError('key-compromised', 'the key was reported compromised');
  }
  // Evidence is dated in whole seconds, so the second in which the window opens belongs to it.
  if (at + 999 < Date.parse(key.notBefore))
    throw new WaslError('key-not-active', 'the key was not valid yet');
  if (key.notAfter !== null && at >= Date.parse(key.notAfter)) {
    throw new WaslError('key-not-active', 'the key was no longer valid');
  }
  if (key.status === 'retired') {
    const end = changed ?? (key.notAfter === null ? undefined : Date.parse(key.notAfter));
    if (end === undefined || at >= end) throw new WaslError('key-not-active', 'the key was retired');
  }
}
