import { describe, expect, it } from 'vitest';
import {
  generateKey,
  parseEvidence,
  publicJwk,
  signingKeyFromJwk,
  verificationKeyFromJwk,
  verifyJws,
} from '#protocol';
import { evidenceRecord, EvidenceSigner } from './evidence-signer.js';

const { jwk } = generateKey('Ed25519');
const signer = new EvidenceSigner('urn:wasl:dz:bus:gateway', signingKeyFromJwk(jwk));
const at = new Date('2026-11-20T12:00:00.750Z');
const subject = 'urn:uuid:0193b2c4-0000-7000-8000-000000000001';
const body = { reason: 'payload-invalid' };

describe('EvidenceSigner', () => {
  it('signs one event with the time it is given', () => {
    const { jti, sub, token } = signer.sign('SubmissionRejection', subject, body, at, 'txn-1');
    const evidence = parseEvidence(token);
    expect(() => verifyJws(evidence.jws, verificationKeyFromJwk(publicJwk(jwk)))).not.toThrow();
    expect(sub).toBe(subject);
    expect(evidence.claims).toMatchObject({
      iss: 'urn:wasl:dz:bus:gateway',
      iat: 1795176000,
      toe: 1795176000,
      jti,
      sub: subject,
      txn: 'txn-1',
    });
    expect(evidence.event).toMatchObject({ name: 'SubmissionRejection', body });
  });

  it('gives every evidence an id of its own, in the order of time', () => {
    const first = signer.sign('SubmissionRejection', subject, body, at);
    const again = signer.sign('SubmissionRejection', subject, body, at);
    const later = signer.sign('SubmissionRejection', subject, body, new Date(at.getTime() + 1));
    expect(again.jti).not.toBe(first.jti);
    expect(later.jti > first.jti).toBe(true);
    expect(first.jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('travels under its subject', () => {
    const signed = signer.sign('SubmissionRejection', subject, body, at);
    const record = { topic: 'wasl.evidence', key: subject, value: Buffer.from(signed.token) };
    expect(evidenceRecord(signed)).toEqual(record);
    expect(evidenceRecord(signed.token)).toEqual(record);
  });
});
