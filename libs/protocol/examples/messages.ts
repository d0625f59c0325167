import { createHash } from 'node:crypto';
import {
  acknowledgementRoot,
  EVENTS,
  manifestDigest,
  parseAcknowledgement,
  parseManifest,
  payloadDigest,
  signAcknowledgement,
  signEvidence,
  signManifest,
  type EvidenceClaims,
  type ManifestClaims,
} from '../src/index.js';
import { BUS, consumer, gateway, sender, type Party } from './parties.js';

/** 2026-11-01T09:00:00Z */
export const NOON = 1_793_523_600;
const bytesFrom = (seed: string, length: number): Buffer =>
  createHash('sha256').update(`wasl example: ${seed}`).digest().subarray(0, length);

/** A UUIDv7 of the example's time; the random part comes from the seed. */
export function exampleId(seed: string): string {
  const bytes = Buffer.concat([Buffer.alloc(6), bytesFrom(seed, 10)]);
  bytes.writeUIntBE(NOON * 1000, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const payloadOf = (i: number): Buffer =>
  Buffer.from(`{"actNumber":"16/2026/${String(i).padStart(5, '0')}","bornOn":"2026-10","commune":"1601"}`);

export interface Example {
  payload: Buffer;
  manifest: string;
  evidence: string;
}

export function manifestClaims(i: number, changed: Partial<ManifestClaims> = {}): ManifestClaims {
  const salt = bytesFrom(`salt ${i}`, 16).toString('base64url');
  const payload = changed.op === 'delete' ? Buffer.alloc(0) : payloadOf(i);
  return {
    iss: sender.system,
    aud: BUS,
    jti: exampleId(`message ${i}`),
    iat: NOON,
    exp: NOON + 300,
    topic: 'civil-status.birth.v1',
    version: 1,
    op: 'put',
    key: `16/2026/${String(i).padStart(5, '0')}`,
    cty: 'application/json',
    digest: payloadDigest(salt, payload),
    salt,
    ...changed,
  };
}

/** Evidence of the gateway about any subject; one second after the manifest. */
export function evidence(
  sub: string,
  events: Record<string, object>,
  changed: Partial<EvidenceClaims> = {},
  by: Party = gateway,
): string {
  const claims = {
    iss: gateway.system,
    iat: NOON + 1,
    jti: exampleId(`evidence ${sub}`),
    sub,
    toe: NOON + 1,
    events,
  };
  return signEvidence({ ...claims, ...changed }, by.key);
}

/** What the bus states about a message it has accepted. */
export function acceptanceOf(manifest: string, size: number): Record<string, unknown> {
  const { claims } = parseManifest(manifest);
  return {
    sender: claims.iss,
    topic: claims.topic,
    version: claims.version,
    schema: bytesFrom(`schema ${claims.topic}`, 32).toString('base64url'),
    guid: 'e1f0c5a4-5f6b-3d4e-9c1a-2b3c4d5e6f70',
    op: claims.op,
    manifest: manifestDigest(manifest),
    digest: claims.digest,
    size,
  };
}

export function accepted(
  manifest: string,
  size: number,
  body: object = {},
  changed: Partial<EvidenceClaims> = {},
): string {
  const sub = `urn:uuid:${parseManifest(manifest).claims.jti}`;
  return evidence(
    sub,
    { [EVENTS.SubmissionAcceptance]: { ...acceptanceOf(manifest, size), ...body } },
    changed,
  );
}

export function message(i: number, changed: Partial<ManifestClaims> = {}): Example {
  const claims = manifestClaims(i, changed);
  const payload = claims.op === 'delete' ? Buffer.alloc(0) : payloadOf(i);
  const manifest = signManifest(claims, sender.key);
  return { payload, manifest, evidence: accepted(manifest, payload.length) };
}

export function rejection(): Example {
  const payload = Buffer.from('{"actNumber":16}');
  const claims = manifestClaims(1001);
  const manifest = signManifest({ ...claims, digest: payloadDigest(claims.salt, payload) }, sender.key);
  const body = {
    sender: claims.iss,
    topic: claims.topic,
    version: claims.version,
    manifest: manifestDigest(manifest),
    reason: 'payload-invalid',
    errors: [{ pointer: '/actNumber', rule: 'type' }],
  };
  const sub = `urn:uuid:${claims.jti}`;
  return { payload, manifest, evidence: evidence(sub, { [EVENTS.SubmissionRejection]: body }) };
}

export const acknowledgementClaims = (digests: string[]) => ({
  iss: consumer.system,
  aud: BUS,
  jti: exampleId('acknowledgement'),
  iat: NOON + 60,
  exp: NOON + 360,
  topic: 'civil-status.birth.v1',
  agreement: exampleId('agreement'),
  ranges: [
    { partition: 0, first: '0', last: '1' },
    { partition: 2, first: '7', last: '7' },
  ],
  count: digests.length,
  root: acknowledgementRoot(digests),
});

export const acknowledgement = (digests: string[], by: Party = consumer): string =>
  signAcknowledgement(acknowledgementClaims(digests), by.key);

export function handover(token: string, body: object = {}, changed: Partial<EvidenceClaims> = {}): string {
  const { iss, topic, agreement, ranges, count, root, jti } = parseAcknowledgement(token).claims;
  const terms = { purpose: 'Droits sociaux à la naissance', basis: 'Loi 83-11, art. 64' };
  const event = {
    recipient: iss,
    agreement,
    ...terms,
    topic,
    ranges,
    count,
    root,
    acknowledgement: token,
    ...body,
  };
  const times = { iat: NOON + 61, toe: NOON + 61 };
  return evidence(`urn:uuid:${jti}`, { [EVENTS.ContentHandover]: event }, { ...times, ...changed });
}
