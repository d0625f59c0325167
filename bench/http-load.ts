import { connect, type Socket } from 'node:net';

/** How a load generator is to send. */
export interface Load {
  port: number;
  connections: number;
  /** Requests in all. */
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
const LENGTH = 'content-length: ';

/** One keep-alive connection: one request at a time, answers read just far enough to find their end. */
class Connection {
  private received: Buffer = Buffer.alloc(0);
  private done: ((status: string) => void) | undefined;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('close', () => {
      if (this.done) throw new Error('the server closed a connection');
    });
    socket.on('error', (error) => {
      throw error;
    });
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
    });
  }

  send(request: Buffer, done: (status: string) => void): void {
    this.done = done;
    this.socket.write(request);
  }

  close(): void {
    this.done = undefined;
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd).toLowerCase();
    const length = head.indexOf(LENGTH);
    const body = length < 0 ? 0 : Number.parseInt(head.slice(length + LENGTH.length, length + 26), 10);
    if (this.received.length < headEnd + 4 + body) return;
    this.received = this.received.subarray(headEnd + 4 + body);
    this.done?.(head.slice(9, 12));
  }
}

/** @param request the n-th request as bytes, made before: its making would count as the server's time */
export async function load(order: Load, request: (n: number) => Buffer): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(order.port)),
  );
  const latencies = new Float64Array(order.requests);
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
      connection.send(request(n), (status) => {
        latencies[answered++] = performance.now() - began;
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (answered === order.requests) resolve();
        else if (order.rate !== undefined) idle.push(connection);
        else if (sent < order.requests) next(connection);
      });
    };
    if (order.rate === undefined) return connections.slice(0, order.requests).forEach(next);
    const timer = setInterval(() => {
      while (idle.length > 0 && sent < order.requests && due(sent) <= performance.now()) next(idle.pop()!);
      if (sent === order.requests) clearInterval(timer);
    }, 1);
  });
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  latencies.sort();
  const at = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? NaN;
  return { perSecond: order.requests / seconds, p50: at(0.5), p99: at(0.99), statuses };
}
