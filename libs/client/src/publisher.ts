import { randomBytes } from 'node:crypto';
import {
  WaslError,
  payloadDigest,
  signManifest,
  type ManifestClaims,
  type Receipt,
  type SigningKey,
} from '#protocol';
import type { DeprecationNotices } from './deprecation-notices.js';
import type { HttpChannel } from './http-channel.js';
import { isTransient, problemOf, type Problem } from './problem.js';
import { DEFAULT_RETRY, pause, retryDelayMs, type RetryPolicy } from './retry.js';

export interface Submission {
  /** UUID of the message; the same id must always carry the same content. */
  id: string;
  topic: string;
  version: number;
  op: 'put' | 'delete';
  key: string;
  /** Exact bytes; none for a deletion. */
  payload?: Uint8Array;
  /** Media type of the payload; default application/json. */
  cty?: string;
  /** Message that this one answers or corrects. */
  corr?: string;
  /**
   * base64url, 16 bytes. The digest of the content depends on it, so who may repeat a submission after a crash
   * must give the same salt again; otherwise a random one is taken.
   */
  salt?: string;
}

export type Publication =
  { status: 'accepted'; receipt: Receipt; duplicate: boolean } | { status: 'rejected'; problem: Problem };

export interface PublisherOptions {
  channel: Pick<HttpChannel, 'send'>;
  bus: string;
  system: string;
  key: SigningKey;
  retry?: RetryPolicy;
  /** told of versions that end */
  deprecations?: DeprecationNotices;
}

/** Seconds that a manifest is good for; the protocol allows 300. */
const MANIFEST_LIFETIME = 240;

export class Publisher {
  constructor(private readonly options: PublisherOptions) {}

  /**
   * Publishes one message: repeats on 429, 5xx and network failure with the same id, re-signing a manifest that
   * has expired meanwhile. Any other refusal is returned as `rejected`. Throws WaslError `unavailable` or
   * `too-many-requests` when the attempts are used up.
   */
  async publish(submission: Submission, signal?: AbortSignal): Promise<Publication> {
    const policy = this.options.retry ?? DEFAULT_RETRY;
    const payload = submission.payload ?? new Uint8Array(0);
    const salt = submission.salt ?? randomBytes(16).toString('base64url');
    let claims = this.claims(submission, salt, payload);
    let manifest = signManifest(claims, this.options.key);
    for (let attempt = 0; ; attempt++) {
      if (claims.exp <= nowSeconds() + 5) {
        claims = this.claims(submission, salt, payload);
        manifest = signManifest(claims, this.options.key);
      }
      const outcome = await this.attempt(submission, manifest, payload, signal);
      if (!(outcome instanceof WaslError)) return outcome;
      if (attempt + 1 >= policy.attempts) throw outcome;
      await pause(retryDelayMs(attempt, Math.random(), policy, outcome.retryAfterSeconds), signal);
    }
  }

  private async attempt(
    submission: Submission,
    manifest: string,
    payload: Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<Publication | WaslError> {
    try {
      const response = await this.options.channel.send({
        method: 'POST',
        path: `/v1/topics/${encodeURIComponent(submission.topic)}/messages`,
        headers: { 'wasl-manifest': manifest, 'content-type': submission.cty ?? 'application/json' },
        body: payload,
        ...(signal ? { signal } : {}),
      });
      if (response.status === 200 || response.status === 201) {
        this.options.deprecations?.ofPublication(submission.topic, submission.version, response);
        const receipt = JSON.parse(response.body.toString('utf8')) as Receipt;
        return { status: 'accepted', receipt, duplicate: response.status === 200 };
      }
      const problem = problemOf(response);
      if (!isTransient(response.status)) return { status: 'rejected', problem };
      return new WaslError(
        response.status === 429 ? 'too-many-requests' : 'unavailable',
        `the gateway answered ${response.status} ${problem.code}`,
        { retryAfterSeconds: problem.retryAfterSeconds ?? 0 },
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof WaslError) return error;
      if (error instanceof SyntaxError) {
        return new WaslError('unavailable', 'the gateway answered with an unreadable receipt');
      }
      throw error;
    }
  }

  private claims(submission: Submission, salt: string, payload: Uint8Array): ManifestClaims {
    const iat = nowSeconds();
    return {
      iss: this.options.system,
      aud: this.options.bus,
      jti: submission.id,
      iat,
      exp: iat + MANIFEST_LIFETIME,
      topic: submission.topic,
      version: submission.version,
      op: submission.op,
      key: submission.key,
      cty: submission.cty ?? 'application/json',
      digest: payloadDigest(salt, payload),
      salt,
      ...(submission.corr === undefined ? {} : { corr: submission.corr }),
    };
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
