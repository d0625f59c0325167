import { Pool, type Dispatcher } from 'undici';
import { WaslError } from '#protocol';

export interface ChannelRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** Milliseconds until the response's headers must have arrived; default 30,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface ChannelResponse {
  status: number;
  header(name: string): string | undefined;
  body: Buffer;
}

/** Keep-alive connections to one base URL, at most `connections` of them. */
export class HttpChannel {
  private readonly pool: Pool;
  private readonly prefix: string;

  constructor(
    readonly baseUrl: string,
    connections = 64,
  ) {
    const url = new URL(baseUrl);
    this.prefix = url.pathname.replace(/\/$/, '');
    this.pool = new Pool(url.origin, { connections, pipelining: 1, keepAliveTimeout: 30_000 });
  }

  /** One exchange, no retry. Network failure or time-out: WaslError `unavailable`. */
  async send(request: ChannelRequest): Promise<ChannelResponse> {
    const timeout = request.timeoutMs ?? 30_000;
    const options: Dispatcher.RequestOptions = {
      method: request.method,
      path: this.prefix + request.path,
      headersTimeout: timeout,
      bodyTimeout: timeout,
    };
    if (request.headers) options.headers = request.headers;
    if (request.body !== undefined) options.body = request.body;
    if (request.signal) options.signal = request.signal;
    try {
      const response = await this.pool.request(options);
      const body = Buffer.from(await response.body.arrayBuffer());
      return {
        status: response.statusCode,
        body,
        header: (name) => {
          const value = response.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
      };
    } catch (cause) {
      throw new WaslError('unavailable', `no answer from ${this.baseUrl}`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
