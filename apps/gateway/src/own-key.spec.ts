import { describe, expect, it, vi } from 'vitest';
import type { KeyRecord } from '#control';
import { generateKey, publicJwk, signingKeyFromJwk, WaslError } from '#protocol';
import { createLogger, createMetrics, EvidenceSigner } from '#service';
import { Refusals } from './evidence/refusals.js';
import { TokenBuckets } from './evidence/token-bucket.js';
import { SubmissionCommitter } from './intake/committer.js';
import type { Submission } from './intake/submission.js';
import { GatewayMetrics } from './metrics.js';
import { OwnKey } from './own-key.js';

const SYSTEM = 'urn:wasl:dz:bus:gateway';
const { jwk } = generateKey('Ed25519');
const signer = new EvidenceSigner(SYSTEM, signingKeyFromJwk(jwk));
const record: KeyRecord = {
  ...{ kind: 'key', kid: jwk.kid!, system: SYSTEM, alg: 'Ed25519', jwk: publicJwk(jwk), status: 'active' },
  ...{ notBefore: '2020-01-01T00:00:00Z', notAfter: null, changedAt: '2020-01-01T00:00:00Z' },
};
const now = new Date('2026-01-01T00:00:00Z');
const ownKey = (known: KeyRecord | undefined) =>
  new OwnKey({ key: (kid) => (kid === jwk.kid ? known : undefined) }, jwk.kid!, SYSTEM);
const lost = ownKey({ ...record, status: 'retired' });

describe('OwnKey', () => {
  it('may sign while it is registered for the gateway and in force', () => {
    expect(() => ownKey(record).requireInForce(now)).not.toThrow();
  });

  it.each<[string, KeyRecord | undefined]>([
    ['unknown', undefined],
    ['pending', { ...record, status: 'pending' }],
    ['retired', { ...record, status: 'retired' }],
    ['compromised', { ...record, status: 'compromised' }],
    ['that of another system', { ...record, system: 'urn:wasl:dz:bus:audit' }],
    ['not yet valid', { ...record, notBefore: '2026-01-01T00:00:01Z' }],
    ['no longer valid', { ...record, notAfter: '2026-01-01T00:00:00Z' }],
  ])('may not when it is %s', (_, known) => {
    const unavailable = expect.objectContaining({ code: 'unavailable', retryAfterSeconds: 10 }) as Error;
    expect(() => ownKey(known).requireInForce(now)).toThrow(unavailable);
  });
});

describe('without a key in force', () => {
  it('a batch is neither reserved nor produced', async () => {
    const [reserve, send, settle] = [vi.fn(), vi.fn(), vi.fn()];
    const metrics = new GatewayMetrics(createMetrics('gateway', false), {
      pending: () => 0,
      waiting: () => 0,
    });
    const logger = createLogger('gateway', 'fatal');
    const topics = { recheck: vi.fn() };
    const committer = new SubmissionCommitter(
      { reserve } as never,
      { send },
      lost,
      signer,
      topics,
      metrics,
      logger,
    );
    await committer.commit([{ settle } as unknown as Submission]);
    expect(settle).toHaveBeenCalledWith(
      expect.objectContaining({
        code: 'unavailable',
        cause: expect.objectContaining({ detail: 'the gateway has no signing key in force' }) as unknown,
      }),
    );
    expect([reserve.mock.calls, send.mock.calls]).toEqual([[], []]);
  });

  it('a refusal is not written', async () => {
    const append = vi.fn();
    const refusals = new Refusals(
      lost,
      signer,
      { append } as never,
      new TokenBuckets(1),
      new TokenBuckets(1),
    );
    const refusal = { event: 'SubmissionRejection', body: {}, allowance: 'address' } as const;
    const answer = await refusals.record(new WaslError('malformed-manifest', 'd'), refusal, new Date());
    expect([answer.code, answer.evidence]).toEqual(['unavailable', undefined]);
    expect(append).not.toHaveBeenCalled();
  });
});
