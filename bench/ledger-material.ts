import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { KeyRecord } from '#control';
import type { OutgoingRecord } from '#kafka';
import { EVENTS, generateKey, publicJwk, signEvidence, signingKeyFromJwk, uuidUrn } from '#protocol';

export const BUS = 'urn:wasl:dz:bus';
const GATEWAY = `${BUS}:gateway`;
const key = generateKey('Ed25519').jwk;
const signer = signingKeyFromJwk(key);

/** The key that signed the material, as the control plane would know it. */
export const gatewayKey: KeyRecord = {
  kind: 'key',
  kid: signer.kid,
  system: GATEWAY,
  alg: 'Ed25519',
  jwk: publicJwk(key),
  status: 'active',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: null,
  changedAt: '2026-01-01T00:00:00.000Z',
};

export interface Material {
  jti: string;
  /** SubmissionAcceptance evidence as the gateway signs it. */
  token: Buffer;
  /** As long as a manifest of a birth record. */
  manifest: Buffer;
}

/** Distinct signed evidence; signing takes about 25 µs each. */
export function material(count: number): Material[] {
  const digest = randomBytes(32).toString('base64url');
  return Array.from({ length: count }, () => {
    const jti = v7();
    const seconds = Math.floor(Date.now() / 1000);
    const body = {
      sender: 'urn:wasl:dz:interior:civil-registry',
      topic: 'civil-status.birth.v1',
      version: 1,
      schema: digest,
      guid: v7(),
      op: 'put',
      manifest: digest,
      digest,
      size: 480,
    };
    const events = { [EVENTS.SubmissionAcceptance]: body };
    const claims = { iss: GATEWAY, iat: seconds, jti, sub: uuidUrn(v7()), toe: seconds, events };
    const token = Buffer.from(signEvidence(claims, signer));
    return { jti, token, manifest: Buffer.from(randomBytes(450).toString('base64url')) };
  });
}

/** The Kafka record of an accepted message: a payload of 480 bytes with manifest and evidence. */
export function dataRecord(topic: string, { token, manifest }: Material): OutgoingRecord {
  return {
    topic,
    key: null,
    value: randomBytes(480),
    headers: { 'wasl-evidence': token, 'wasl-manifest': manifest },
  };
}
