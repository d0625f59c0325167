import { createServer } from 'node:net';
import { listenerOf } from './processes.js';
import { SetupProblem } from './setup-problem.js';

const HOST = '127.0.0.1';

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
  if (!(await isPortInUse(port))) return;
  const holder = listenerOf(port);
  const by = holder
    ? ` by process ${holder.pid} (${holder.arguments.join(' ').slice(0, 120)})`
    : ' by another process';
  throw new SetupProblem(
    `Port ${port}, which ${user} needs, is in use${by}.`,
    `${holder ? `End process ${holder.pid}` : 'End that process'}, or ${wayOut}`,
  );
}

/** Ports that nothing listens on now, each different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen({ port: 0, host: HOST }, () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
