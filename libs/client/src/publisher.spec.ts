import { describe, expect, it } from 'vitest';
import { generateKey, parseManifest, payloadDigest, signingKeyFromJwk, WaslError } from '#protocol';
import type { ChannelRequest, ChannelResponse } from './http-channel.js';
import { Publisher, type Submission } from './publisher.js';

const key = signingKeyFromJwk(generateKey('Ed25519').jwk);
const submission: Submission = {
  id: '0190c9e4-6f3a-7c11-9d2e-3b6f6a1c0d11',
  topic: 'territory.unit.v1',
  version: 1,
  op: 'put',
  key: 'DZ-2019|16',
  payload: Buffer.from('{"code":"16"}'),
};

/** A gateway that gives the answers in turn; an Error is a broken connection. */
function gateway(...answers: ({ status: number; body?: object; retryAfter?: string } | Error)[]) {
  const requests: ChannelRequest[] = [];
  const send = async (request: ChannelRequest): Promise<ChannelResponse> => {
    requests.push(request);
    const answer = answers[requests.length - 1];
    if (answer === undefined) throw new Error('asked too often');
    if (answer instanceof Error) throw new WaslError('unavailable', 'no answer', { cause: answer });
    return {
      status: answer.status,
      body: Buffer.from(JSON.stringify(answer.body ?? {})),
      header: (name) => (name === 'retry-after' ? answer.retryAfter : undefined),
    };
  };
  const retry = { attempts: 4, firstDelayMs: 1, maxDelayMs: 4 };
  const bus = 'urn:wasl:dz:bus';
  const system = 'urn:wasl:dz:interior:territory-registry';
  return { requests, publisher: new Publisher({ channel: { send }, bus, system, key, retry }) };
}

const receipt = { format: 'wasl-receipt/1', manifest: 'm', evidence: 'e' };
const claimsOf = (request: ChannelRequest | undefined) =>
  parseManifest(request?.headers?.['wasl-manifest'] ?? '').claims;

describe('Publisher', () => {
  it('signs what it sends and returns the receipt', async () => {
    const { publisher, requests } = gateway({ status: 201, body: receipt });
    expect(await publisher.publish(submission)).toEqual({ status: 'accepted', receipt, duplicate: false });
    const claims = claimsOf(requests[0]);
    expect(claims).toMatchObject({
      jti: submission.id,
      key: submission.key,
      op: 'put',
      aud: 'urn:wasl:dz:bus',
    });
    expect(claims.digest).toBe(payloadDigest(claims.salt, submission.payload ?? Buffer.alloc(0)));
  });

  it('knows a duplicate', async () => {
    const { publisher } = gateway({ status: 200, body: receipt });
    expect(await publisher.publish(submission)).toMatchObject({ status: 'accepted', duplicate: true });
  });

  it('repeats with the same id, salt and digest after 503, 429 and a broken connection', async () => {
    const { publisher, requests } = gateway({ status: 503 }, { status: 429 }, new Error('reset'), {
      status: 201,
      body: receipt,
    });
    expect(await publisher.publish(submission)).toMatchObject({ status: 'accepted' });
    const sent = requests.map((request) => claimsOf(request));
    expect(new Set(sent.map(({ jti, salt, digest }) => `${jti} ${salt} ${digest}`)).size).toBe(1);
    expect(requests).toHaveLength(4);
  });

  it('gives up after the attempts, with the last reason', async () => {
    const { publisher, requests } = gateway(...Array.from({ length: 4 }, () => ({ status: 429 })));
    await expect(publisher.publish(submission)).rejects.toMatchObject({ code: 'too-many-requests' });
    expect(requests).toHaveLength(4);
  });

  it('returns a refusal at once, with its evidence', async () => {
    const errors = [{ pointer: '/code', rule: 'type' }];
    const { publisher, requests } = gateway({
      status: 422,
      body: { code: 'payload-invalid', title: 't', errors, evidence: 'jws' },
    });
    const outcome = await publisher.publish(submission);
    expect(outcome).toMatchObject({
      status: 'rejected',
      problem: { code: 'payload-invalid', errors, evidence: 'jws' },
    });
    expect(requests).toHaveLength(1);
  });

  it('takes the salt it is given and no payload for a deletion', async () => {
    const { publisher, requests } = gateway({ status: 201, body: receipt });
    const salt = Buffer.alloc(16, 7).toString('base64url');
    const { payload: _payload, ...deletion } = { ...submission, op: 'delete' as const, salt };
    await publisher.publish(deletion);
    expect(claimsOf(requests[0])).toMatchObject({
      op: 'delete',
      salt,
      digest: payloadDigest(salt, Buffer.alloc(0)),
    });
    expect(requests[0]?.body).toHaveLength(0);
  });

  it('stops waiting when it is told to', async () => {
    const { publisher } = gateway({ status: 503, retryAfter: '60' });
    const stop = new AbortController();
    const outcome = publisher.publish(submission, stop.signal);
    setTimeout(() => stop.abort(new Error('enough')), 10);
    await expect(outcome).rejects.toThrow('enough');
  });
});
