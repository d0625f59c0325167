import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { listenerOf } from './processes.js';
import { SetupProblem } from './setup-problem.js';

const HOST = '127.0.0.1';
const PATIENCE_MS = 2_000;

/** Whether something already listens on the port (tried by listening, as the server itself will). */
export function isPortInUse(port: number, host = HOST): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)));
  });
}

/**
 * @param user what wants the port, for the message ("PostgreSQL")
 * @param wayOut what to do when it is taken, besides ending the process that has it
 * @throws SetupProblem that names the port, its holder and the way out
 */
export async function requireFreePort(port: number, user: string, wayOut: string): Promise<void> {
  // Children of a server that was just killed hold its port for a moment longer.
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await setTimeout(50)) {
    if (!(await isPortInUse(port))) return;
  }
  const holder = listenerOf(port);
  const by = holder
    ? ` by process ${holder.pid} (${holder.arguments.join(' ').slice(0, 120)})`
    : ' by another process';
  throw new SetupProblem(
    `Port ${port}, which ${user} needs, is in use${by}.`,
    `${holder ? `End process ${holder.pid}` : 'End that process'}, or ${wayOut}`,
  );
}

// Below the range that systems take ports of outgoing connections from: a port of that range may be gone by the
// time a server asks for it.
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;

/** Ports in a row that nothing listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  for (;;) {
    const first = randomInt(FIRST_PORT, LAST_PORT - count);
    const row = Array.from({ length: count }, (_, index) => first + index);
    const used = await Promise.all(row.map((port) => isPortInUse(port)));
    if (!used.includes(true)) return row;
  }
}
