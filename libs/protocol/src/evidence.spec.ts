import { describe, expect, it } from 'vitest';
import { EVENTS } from './events.js';
import {
  EVIDENCE_TYP,
  parseEvidence,
  signEvidence,
  signEvidenceAsync,
  type EvidenceClaims,
} from './evidence.js';
import { signCompactJws } from './jws.js';
import { generateKey, signingKeyFromJwk } from './keys.js';

const key = signingKeyFromJwk(generateKey('Ed25519').jwk);
const claims: EvidenceClaims = {
  iss: 'urn:wasl:dz:bus:gateway',
  iat: 1_790_000_001,
  jti: '0193a2b4-7c11-7d2a-9f00-0123456789ab',
  sub: 'urn:uuid:0193a2b4-7c11-7d2a-9f00-0123456789ac',
  toe: 1_790_000_000,
  events: { [EVENTS.SubmissionRejection]: { reason: 'payload-invalid' } },
};

describe('evidence', () => {
  it('is read back with the name of its one event', async () => {
    for (const token of [signEvidence(claims, key), await signEvidenceAsync(claims, key)]) {
      const { event, claims: read } = parseEvidence(token);
      expect(read).toEqual(claims);
      expect(event).toEqual({
        name: 'SubmissionRejection',
        uri: 'http://uri.etsi.org/19522/Event/SubmissionRejection',
        body: { reason: 'payload-invalid' },
      });
    }
  });

  it.each(Object.entries(EVENTS))('knows the event %s by its URI', (name, uri) => {
    expect(parseEvidence(signEvidence({ ...claims, events: { [uri]: {} } }, key)).event.name).toBe(name);
  });

  it.each<object>([
    { events: {} },
    { events: { [EVENTS.AuditQuery]: {}, [EVENTS.AccessRefusal]: {} } },
    { events: { 'urn:wasl:event:Unheard': {} } },
    { events: { [EVENTS.AuditQuery]: [] } },
    { events: { [EVENTS.AuditQuery]: null } },
    { events: [] },
    { iss: 'urn:wasl:dz:bus' },
    { iat: 'now' },
    { toe: undefined },
    { jti: 'x' },
    { sub: '' },
    { txn: '' },
    { exp: 1 },
  ])('is refused with %j', (changed) => {
    const token = signCompactJws(EVIDENCE_TYP, { ...claims, ...changed }, key);
    expect(() => parseEvidence(token)).toThrow(expect.objectContaining({ code: 'malformed-evidence' }));
  });

  it('fits an entry of the ledger or is not made', async () => {
    const large = { ...claims, events: { [EVENTS.AuditQuery]: { filter: 'x'.repeat(65_535) } } };
    expect(() => signEvidence(large, key)).toThrow('malformed-evidence');
    await expect(signEvidenceAsync(large, key)).rejects.toThrow('malformed-evidence');
  });
});
