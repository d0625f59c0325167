import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../deploy/local/src/ports.js';

const MAIN = 'dist/apps/schema-registry/src/main.js';
const READY_WITHIN_MS = 30_000;

/** A registry in a process of its own, from its built output, on one port for life: to be killed and started again. */
export class RegistryProcess {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly url: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(env: Record<string, string>): Promise<RegistryProcess> {
    if (!existsSync(MAIN)) throw new Error('there is no built output: run "npm run build" first');
    const [port = 0] = await freePorts(1);
    const process = new RegistryProcess(`http://127.0.0.1:${port}`, { ...env, PORT: String(port) });
    await process.start();
    return process;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', HOST: '127.0.0.1', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const ready = () =>
      fetch(`${this.url}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
    for (const deadline = Date.now() + READY_WITHIN_MS; !(await ready()); await sleep(25)) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the registry did not become ready:\n${this.output}`);
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
