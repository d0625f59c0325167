import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Load, LoadResult } from './http-load.js';

/** A load generator in a process of its own: takes orders, answers results. */
export class LoadGenerator<Order extends Load> {
  private constructor(private readonly child: ReturnType<typeof fork>) {}

  /** @param program built, beside this file; sends a message once it is ready */
  static async start<Order extends Load>(
    program: string,
    env: Record<string, string> = {},
  ): Promise<LoadGenerator<Order>> {
    const child = fork(fileURLToPath(new URL(program, import.meta.url)), [], {
      env: { ...process.env, ...env },
      execArgv: ['--max-semi-space-size=64'],
    });
    await new Promise((resolve) => child.once('message', resolve));
    return new LoadGenerator(child);
  }

  load(order: Order): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      const died = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
      this.child.once('exit', died);
      this.child.once('message', (result) => {
        this.child.off('exit', died);
        resolve(result as LoadResult);
      });
      this.child.send(order);
    });
  }

  stop(): void {
    this.child.disconnect();
  }
}
