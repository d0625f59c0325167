import { WaslError } from './errors.js';
import type { TrustedKey } from './trust.js';

/** What the validity of a key depends on. Times are RFC 3339 UTC. */
export type KeyValidity = Pick<TrustedKey, 'status' | 'notBefore' | 'notAfter' | 'changedAt'>;

/**
 * Whether a signature made at `seconds` counts. The window is [notBefore, notAfter); a retired or compromised key
 * counts for what was made before it became so, never if that time is not known. `graceSeconds` prolongs every end:
 * 0 on intake, more when evidence is verified that was made before the change had reached its issuer.
 * Throws key-not-active, key-compromised.
 */
export function checkKeyValidAt(key: KeyValidity, seconds: number, graceSeconds = 0): void {
  if (key.status === 'pending') throw new WaslError('key-not-active', 'the key has never been activated');
  const at = seconds * 1000;
  const isPast = (end: string): boolean => at >= Date.parse(end) + graceSeconds * 1000;
  if (key.status === 'compromised' && (key.changedAt == null || isPast(key.changedAt))) {
    throw new WaslError('key-compromised', 'the key was reported compromised');
  }
  // Acts are dated in whole seconds, so the second in which the window opens belongs to it.
  if (at + 999 < Date.parse(key.notBefore))
    throw new WaslError('key-not-active', 'the key was not valid yet');
  if (key.notAfter !== null && isPast(key.notAfter)) {
    throw new WaslError('key-not-active', 'the key was no longer valid');
  }
  const retiredAt = key.changedAt ?? key.notAfter;
  if (key.status === 'retired' && (retiredAt === null || isPast(retiredAt))) {
    throw new WaslError('key-not-active', 'the key was retired');
  }
}
