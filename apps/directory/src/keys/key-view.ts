import type { ControlRecord } from '#control';
import type { Jwk } from '#protocol';
import type { KeyEntity } from './key.entity.js';
import type { KeyStatus } from './key-states.js';

/** A key as the API shows it; times are RFC 3339 UTC. */
export interface KeyView {
  kid: string;
  system: string;
  alg: string;
  jwk: Jwk;
  status: KeyStatus;
  notBefore: string;
  notAfter: string | null;
  changedAt: string;
  version: number;
}

export function keyView(key: KeyEntity): KeyView {
  const { kid, system, alg, jwk, status, version } = key;
  return {
    kid,
    system,
    alg,
    jwk,
    status,
    notBefore: key.notBefore.toISOString(),
    notAfter: key.notAfter?.toISOString() ?? null,
    changedAt: key.changedAt.toISOString(),
    version,
  };
}

export function keyRecord(key: KeyEntity): ControlRecord {
  const { version: _version, ...view } = keyView(key);
  return { kind: 'key', ...view, alg: key.alg, jwk: { ...key.jwk } };
}
