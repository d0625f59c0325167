import {
  WaslError,
  isErrorCode,
  signAcknowledgement,
  type AcknowledgementReceipt,
  type ErrorCode,
  type Receipt,
  type SigningKey,
  type Trust,
} from '#protocol';
import type { Handover } from './acknowledgement.js';
import { DeprecationNotices } from './deprecation-notices.js';
import { parseFeedPage, type PulledMessage } from './feed.js';
import { HttpChannel, type ChannelRequest, type ChannelResponse } from './http-channel.js';
import { MessageVerifier, type VerifiedMessage } from './message-verifier.js';
import { isTransient, problemOf } from './problem.js';
import { Publisher, type Publication, type Submission } from './publisher.js';
import { DEFAULT_RETRY, pause, retryDelayMs, type RetryPolicy } from './retry.js';
import type { TokenSource } from './token-source.js';

export interface WaslClientOptions {
  /** Base URLs. Only `gateway` is needed to publish and pull. */
  gateway: string;
  audit?: string;
  directory?: string;
  registry?: string;
  /** URN of the bus, audience of everything sent to it. */
  bus: string;
  system: string;
  key: SigningKey;
  tokens?: TokenSource;
  /** Connections to the gateway, default 64. */
  connections?: number;
  retry?: RetryPolicy;
  /** Hears of versions that end as this client publishes and pulls under them; once each. */
  deprecations?: DeprecationNotices;
}

export interface PullOptions {
  topic: string;
  /** Cursor of the last page; none = from the beginning. */
  after?: string;
  /** Messages at most, 1..1000, default 500. */
  limit?: number;
  /** Seconds to wait for the first message, 0..30, default 0. */
  waitSeconds?: number;
  signal?: AbortSignal;
}

export interface Page {
  messages: PulledMessage[];
  /** Opaque position after this page. */
  cursor: string;
  /** Id of the agreement that the gateway delivered under, when it says so. */
  agreement?: string;
}

export interface Acknowledgement extends Handover {
  /** UUID; the same id for every repetition. */
  id: string;
  topic: string;
  agreement: string;
}

/** Everything that a member's program does with the bus. One instance per system; close it at the end. */
export class WaslClient {
  private readonly channels = new Map<string, HttpChannel>();
  private readonly publisher: Publisher;
  /** Versions of contracts that end, as far as this client has used them. */
  readonly deprecations: DeprecationNotices;

  constructor(private readonly options: WaslClientOptions) {
    this.deprecations = options.deprecations ?? new DeprecationNotices();
    this.publisher = new Publisher({
      channel: this.channel(options.gateway),
      bus: options.bus,
      system: options.system,
      key: options.key,
      ...(options.retry ? { retry: options.retry } : {}),
      deprecations: this.deprecations,
    });
  }

  /** See {@link Publisher.publish}. */
  publish(submission: Submission, signal?: AbortSignal): Promise<Publication> {
    return this.publisher.publish(submission, signal);
  }

  /** One page of a topic. Throws WaslError with the gateway's code, e.g. `no-agreement`. */
  async pull(options: PullOptions): Promise<Page> {
    const query = new URLSearchParams({ limit: String(options.limit ?? 500) });
    if (options.after !== undefined) query.set('after', options.after);
    if (options.waitSeconds) query.set('wait', String(options.waitSeconds));
    const response = await this.authorised(this.options.gateway, {
      method: 'GET',
      path: `/v1/topics/${encodeURIComponent(options.topic)}/messages?${query.toString()}`,
      timeoutMs: 30_000 + (options.waitSeconds ?? 0) * 1_000,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const cursor = response.header('wasl-cursor');
    if (cursor === undefined) throw new WaslError('unavailable', 'the gateway gave a page without a cursor');
    this.deprecations.ofPage(options.topic, response);
    const agreement = response.header('wasl-agreement');
    return {
      messages: parseFeedPage(options.topic, response.body),
      cursor,
      ...(agreement === undefined ? {} : { agreement }),
    };
  }

  /** Signs for a range of messages and hands that in; safe to repeat with the same id. */
  async acknowledge(acknowledgement: Acknowledgement): Promise<AcknowledgementReceipt> {
    const iat = Math.floor(Date.now() / 1_000);
    const jws = signAcknowledgement(
      {
        iss: this.options.system,
        aud: this.options.bus,
        jti: acknowledgement.id,
        iat,
        exp: iat + 240,
        topic: acknowledgement.topic,
        agreement: acknowledgement.agreement,
        ranges: acknowledgement.ranges,
        count: acknowledgement.count,
        root: acknowledgement.root,
      },
      this.options.key,
    );
    const response = await this.authorised(this.options.gateway, {
      method: 'POST',
      path: `/v1/topics/${encodeURIComponent(acknowledgement.topic)}/acknowledgements`,
      headers: { 'content-type': 'application/jose' },
      body: jws,
    });
    return JSON.parse(response.body.toString('utf8')) as AcknowledgementReceipt;
  }

  /**
   * The receipt of a message. With a `sender` it comes from the journal and carries inclusion proof and
   * checkpoint (WaslError `not-found` while it is not sealed); without, from the gateway, own messages only.
   */
  async receipt(id: string, sender?: string): Promise<Receipt> {
    const path = `/v1/messages/${encodeURIComponent(id)}/receipt`;
    const response =
      sender === undefined
        ? await this.authorised(this.options.gateway, { method: 'GET', path })
        : await this.authorised(this.base('audit'), {
            method: 'GET',
            path: `${path}?sender=${encodeURIComponent(sender)}`,
          });
    return JSON.parse(response.body.toString('utf8')) as Receipt;
  }

  /** Keys of all systems as the directory publishes them, and the journal's verifier key when `audit` is known. */
  async trust(): Promise<Trust> {
    const answer = await this.open(this.base('directory'), { method: 'GET', path: '/v1/trust' });
    const trust = JSON.parse(answer.body.toString('utf8')) as Trust;
    if (this.options.audit === undefined) return { ...trust, log: trust.log ?? [] };
    const log = await this.open(this.options.audit, { method: 'GET', path: '/v1/log' });
    const { vkey } = JSON.parse(log.body.toString('utf8')) as { vkey: string };
    return { ...trust, log: [...new Set([...(trust.log ?? []), vkey])] };
  }

  /** For many messages keep a {@link MessageVerifier}; this parses the trust document anew. */
  verifyPulled(message: PulledMessage, trust: Trust): VerifiedMessage {
    return new MessageVerifier(trust).verify(message);
  }

  /** Any call with this system's token; same retries and errors as the named methods. */
  async authorised(baseUrl: string, request: ChannelRequest): Promise<ChannelResponse> {
    const { tokens } = this.options;
    if (!tokens) throw new WaslError('not-authenticated', 'this client has no source of access tokens');
    const call = async (): Promise<ChannelResponse> =>
      this.repeat(baseUrl, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${await tokens.token()}` },
      });
    let response = await call();
    if (response.status === 401) {
      // The key set of the directory may have changed since the token was issued.
      tokens.invalidate();
      response = await call();
    }
    return succeeded(response);
  }

  /** Any call without a token. */
  async open(baseUrl: string, request: ChannelRequest): Promise<ChannelResponse> {
    return succeeded(await this.repeat(baseUrl, request));
  }

  async close(): Promise<void> {
    await Promise.all([...this.channels.values()].map((channel) => channel.close()));
    await this.options.tokens?.close();
  }

  private async repeat(baseUrl: string, request: ChannelRequest): Promise<ChannelResponse> {
    const policy = this.options.retry ?? DEFAULT_RETRY;
    const channel = this.channel(baseUrl);
    for (let attempt = 0; ; attempt++) {
      const last = attempt + 1 >= policy.attempts;
      let retryAfterSeconds = 0;
      try {
        const response = await channel.send(request);
        if (last || !isTransient(response.status)) return response;
        retryAfterSeconds = problemOf(response).retryAfterSeconds ?? 0;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (last || !(error instanceof WaslError)) throw error;
      }
      await pause(retryDelayMs(attempt, Math.random(), policy, retryAfterSeconds), request.signal);
    }
  }

  private base(name: 'audit' | 'directory' | 'registry'): string {
    const url = this.options[name];
    if (url === undefined) throw new WaslError('unavailable', `this client was given no ${name} address`);
    return url;
  }

  private channel(baseUrl: string): HttpChannel {
    let channel = this.channels.get(baseUrl);
    if (!channel) {
      channel = new HttpChannel(baseUrl, this.options.connections ?? 64);
      this.channels.set(baseUrl, channel);
    }
    return channel;
  }
}

function succeeded(response: ChannelResponse): ChannelResponse {
  if (response.status >= 200 && response.status < 300) return response;
  const problem = problemOf(response);
  throw new WaslError(codeOf(problem.code, response.status), problem.detail ?? problem.title, {
    ...(problem.errors ? { violations: problem.errors } : {}),
    ...(problem.evidence === undefined ? {} : { evidence: problem.evidence }),
    ...(problem.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: problem.retryAfterSeconds }),
  });
}

function codeOf(code: string, status: number): ErrorCode {
  if (isErrorCode(code)) return code;
  if (status === 401) return 'not-authenticated';
  if (status === 403) return 'not-allowed';
  return status === 404 ? 'not-found' : 'unavailable';
}
