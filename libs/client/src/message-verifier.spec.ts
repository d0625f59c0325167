import { describe, expect, it } from 'vitest';
import {
  EVENTS,
  generateKey,
  manifestDigest,
  payloadDigest,
  publicJwk,
  signEvidence,
  signManifest,
  signingKeyFromJwk,
  uuidUrn,
  type ManifestClaims,
  type SubmissionAcceptance,
  type Trust,
} from '#protocol';
import type { PulledMessage } from './feed.js';
import { MessageVerifier } from './message-verifier.js';

const BUS = 'urn:wasl:dz:bus';
const SENDER = 'urn:wasl:dz:interior:civil-registry';
const GATEWAY = `${BUS}:gateway`;
const NOW = 1_795_000_000;
const keys = {
  sender: generateKey('Ed25519').jwk,
  gateway: generateKey('Ed25519').jwk,
  other: generateKey('ES256').jwk,
};
const ID = '0190c9e4-6f3a-7c11-9d2e-3b6f6a1c0d11';
const payload = Buffer.from('{"sex":2}');
const salt = Buffer.alloc(16, 1).toString('base64url');

function trust(changes: Partial<Trust['keys'][number]> = {}): Trust {
  const entry = (jwk: (typeof keys)['sender'], system: string) => {
    const { kid } = signingKeyFromJwk(jwk);
    const notBefore = '2026-01-01T00:00:00Z';
    return {
      kid,
      alg: 'Ed25519',
      jwk: publicJwk(jwk),
      system,
      status: 'active' as const,
      notBefore,
      notAfter: null,
    };
  };
  return {
    format: 'wasl-trust/1',
    bus: BUS,
    log: [],
    keys: [
      { ...entry(keys.sender, SENDER), ...changes },
      entry(keys.gateway, GATEWAY),
      entry(keys.other, 'urn:wasl:dz:court:desk'),
    ],
  };
}

interface Changes {
  claims?: Partial<ManifestClaims>;
  body?: Partial<SubmissionAcceptance>;
  message?: Partial<PulledMessage>;
  manifestKey?: (typeof keys)['sender'];
  evidenceKey?: (typeof keys)['sender'];
  issuer?: string;
}

function message(changes: Changes = {}): PulledMessage {
  const claims: ManifestClaims = {
    iss: SENDER,
    aud: BUS,
    jti: ID,
    iat: NOW,
    exp: NOW + 240,
    topic: 'civil-status.birth.v1',
    version: 1,
    op: 'put',
    key: '2026-16-000123',
    cty: 'application/json',
    digest: payloadDigest(salt, payload),
    salt,
    ...changes.claims,
  };
  const manifest = signManifest(claims, signingKeyFromJwk(changes.manifestKey ?? keys.sender));
  const body = {
    sender: SENDER,
    topic: claims.topic,
    version: 1,
    schema: 's',
    guid: 'g',
    op: claims.op,
    manifest: manifestDigest(manifest),
    digest: claims.digest,
    size: payload.length,
    ...changes.body,
  };
  const evidence = signEvidence(
    {
      iss: changes.issuer ?? GATEWAY,
      iat: NOW + 1,
      toe: NOW + 1,
      jti: '0190c9e4-6f3a-7c11-9d2e-3b6f6a1c0d22',
      sub: uuidUrn(claims.jti),
      events: { [EVENTS.SubmissionAcceptance]: body },
    },
    signingKeyFromJwk(changes.evidenceKey ?? keys.gateway),
  );
  return {
    id: ID,
    topic: 'civil-status.birth.v1',
    op: 'put',
    key: claims.key,
    source: SENDER,
    time: '2026-11-18T00:00:00Z',
    dataschema: 'urn:wasl:schema:g',
    payload,
    manifest,
    evidence,
    partition: 0,
    offset: 5n,
    ...changes.message,
  };
}

describe('MessageVerifier', () => {
  it('accepts what the sender and the bus have signed', async () => {
    const verified = new MessageVerifier(trust()).verify(message());
    expect(verified).toMatchObject({ digest: payloadDigest(salt, payload), acceptedAt: NOW + 1 });
    expect(await new MessageVerifier(trust()).verifyAsync(message())).toEqual(verified);
  });

  const refusals: [string, string, () => [PulledMessage, Trust?]][] = [
    [
      'an altered payload',
      'payload-altered',
      () => [message({ message: { payload: Buffer.from('{"sex":1}') } })],
    ],
    ['a manifest signed by another system', 'wrong-issuer', () => [message({ manifestKey: keys.other })]],
    [
      'a manifest signed by an unknown key',
      'unknown-key',
      () => [message({ manifestKey: generateKey('Ed25519').jwk })],
    ],
    [
      'evidence of a system outside the bus',
      'wrong-issuer',
      () => [message({ issuer: SENDER, evidenceKey: keys.sender })],
    ],
    [
      'evidence signed with a key outside the bus',
      'wrong-issuer',
      () => [message({ evidenceKey: keys.sender })],
    ],
    [
      'evidence about another manifest',
      'evidence-mismatch',
      () => [message({ body: { manifest: 'x'.repeat(43) } })],
    ],
    [
      'evidence about another topic',
      'evidence-mismatch',
      () => [message({ body: { topic: 'territory.unit.v1' } })],
    ],
    ['another bus', 'wrong-audience', () => [message({ claims: { aud: 'urn:wasl:ma:bus' } })]],
    [
      'a message under another key than the signed one',
      'evidence-mismatch',
      () => [message({ message: { key: 'other' } })],
    ],
    ['a put served as a deletion', 'evidence-mismatch', () => [message({ message: { op: 'delete' } })]],
    [
      'a message of another topic',
      'evidence-mismatch',
      () => [message({ claims: { topic: 'territory.unit.v1' } })],
    ],
    ['no manifest at all', 'malformed-manifest', () => [message({ message: { manifest: '' } })]],
    ['no evidence at all', 'malformed-evidence', () => [message({ message: { evidence: '' } })]],
    ['a pending key', 'key-not-active', () => [message(), trust({ status: 'pending' })]],
    [
      'a key compromised before',
      'key-compromised',
      () => [message(), trust({ status: 'compromised', changedAt: '2026-01-02T00:00:00Z' })],
    ],
  ];
  it.each(refusals)('refuses %s, in place and on the pool', async (_, code, make) => {
    const [altered, trusted = trust()] = make();
    const verifier = new MessageVerifier(trusted);
    expect(() => verifier.verify(altered)).toThrow(expect.objectContaining({ code }));
    await expect(verifier.verifyAsync(altered)).rejects.toMatchObject({ code });
  });

  it.each([0, 1])('refuses a signature with one bit changed (%i)', async (which) => {
    const whole = message();
    const [token, name] = which === 0 ? [whole.manifest, 'manifest'] : [whole.evidence, 'evidence'];
    const [header, claims, signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    const forged = `${header}.${claims}.${bytes.toString('base64url')}`;
    const body = name === 'manifest' ? { body: { manifest: manifestDigest(forged) } } : {};
    const altered = { ...message(body), [name]: forged };
    const verifier = new MessageVerifier(trust());
    const refusal = { code: 'wrong-signature' };
    expect(() => verifier.verify(altered)).toThrow(expect.objectContaining(refusal));
    await expect(verifier.verifyAsync(altered)).rejects.toMatchObject(refusal);
  });

  it('accepts what was received before its key was compromised', () => {
    const later = trust({ status: 'compromised', changedAt: new Date((NOW + 60) * 1_000).toISOString() });
    expect(() => new MessageVerifier(later).verify(message())).not.toThrow();
  });

  it.each([
    ['compromised', 'key-compromised'],
    ['retired', 'key-not-active'],
  ] as const)('accepts what was received before the news of a %s key had spread', (status, code) => {
    const changed = (seconds: number) =>
      trust({ status, changedAt: new Date((NOW + 1 + seconds) * 1_000).toISOString() });
    expect(() => new MessageVerifier(changed(-1)).verify(message())).not.toThrow();
    expect(() => new MessageVerifier(changed(-2)).verify(message())).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('says when a newer trust document is needed', () => {
    const verifier = new MessageVerifier(trust());
    expect(verifier.lacksKeyOf(message())).toBe(false);
    expect(verifier.lacksKeyOf(message({ manifestKey: generateKey('Ed25519').jwk }))).toBe(true);
  });
});
