import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { signingKeyFromJwk, type Jwk } from '#protocol';
import { httpRequest, material } from './intake-material.js';

/** What the load generator is told to do. */
export interface LoadOrder {
  port: number;
  connections: number;
  requests: number;
  /** Requests a second on a fixed schedule; absent: each connection sends as soon as it has its answer. */
  rate?: number;
}

export interface LoadResult {
  perSecond: number;
  p50: number;
  p99: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection: one request at a time, answers read just far enough to find their end. */
class Connection {
  private received: Buffer = Buffer.alloc(0);
  private done: ((status: number) => void) | undefined;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', (error) => {
      throw error;
    });
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
    });
  }

  send(request: Buffer, done: (status: number) => void): void {
    this.done = done;
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.received.length < headEnd + 4 + length) return;
    this.received = this.received.subarray(headEnd + 4 + length);
    this.done?.(Number(head.slice(9, 12)));
  }
}

async function load(order: LoadOrder, requests: Buffer[]): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(order.port)),
  );
  const latencies = new Float64Array(requests.length);
  const statuses: Record<string, number> = {};
  const start = performance.now();
  let sent = 0;
  let answered = 0;
  await new Promise<void>((resolve) => {
    const idle = [...connections];
    const due = (n: number) => (order.rate === undefined ? 0 : start + (n * 1_000) / order.rate);
    const next = (connection: Connection): void => {
      const n = sent++;
      const began = order.rate === undefined ? performance.now() : due(n);
      connection.send(requests[n]!, (status) => {
        latencies[answered++] = performance.now() - began;
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (answered === requests.length) resolve();
        else if (order.rate !== undefined) idle.push(connection);
        else if (sent < requests.length) next(connection);
      });
    };
    if (order.rate === undefined) return connections.forEach(next);
    const timer = setInterval(() => {
      while (idle.length > 0 && sent < requests.length && due(sent) <= performance.now()) next(idle.pop()!);
      if (sent === requests.length) clearInterval(timer);
    }, 1);
  });
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  latencies.sort();
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? NaN;
  return { perSecond: requests.length / seconds, p50: at(0.5), p99: at(0.99), statuses };
}

const key = signingKeyFromJwk(JSON.parse(readFileSync(process.env['SENDER_KEY_FILE']!, 'utf8')) as Jwk);
process.on('message', (order: LoadOrder) => {
  const requests = material(order.requests, key).map(httpRequest);
  void load(order, requests).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
