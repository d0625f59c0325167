import type { Worker } from 'node:worker_threads';
import type { TaskRequest, WorkerMessage } from './worker-messages.js';
import { startWorker } from './worker-start.js';

export interface WorkerBounds {
  /** for one task, from when the worker has loaded; milliseconds */
  timeoutMs: number;
  /** of the old generation of the worker's heap; MiB */
  memoryMb: number;
}

/** Why a worker had to be ended; a new one takes its place. */
export type BrokenBound = 'time' | 'memory' | 'crash';

export type WorkerAnswer = Exclude<WorkerMessage, { kind: 'ready' }> | { kind: 'ended'; bound: BrokenBound };

const START_TIMEOUT_MS = 60_000;

/** One worker thread that runs one task at a time, and is gone after it broke a bound. */
export class SchemaWorker {
  private readonly worker: Worker;
  private readonly loaded: Promise<unknown>;
  private settle: ((answer: WorkerAnswer) => void) | undefined;
  private markLoaded: () => void = () => undefined;

  constructor(private readonly bounds: WorkerBounds) {
    this.loaded = new Promise<void>((resolve) => (this.markLoaded = resolve));
    this.worker = startWorker({
      maxOldGenerationSizeMb: bounds.memoryMb,
      maxYoungGenerationSizeMb: Math.max(4, bounds.memoryMb / 4),
      codeRangeSizeMb: 32,
    });
    this.worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') this.markLoaded();
      else this.answer(message);
    });
    this.worker.on('error', (error: NodeJS.ErrnoException) =>
      this.answer({
        kind: 'ended',
        bound: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crash',
      }),
    );
    this.worker.on('exit', () => this.answer({ kind: 'ended', bound: 'crash' }));
  }

  /** Never rejects. After `ended` the worker is of no use. */
  async run(request: TaskRequest): Promise<WorkerAnswer> {
    this.worker.ref();
    const answered = new Promise<WorkerAnswer>((resolve) => (this.settle = resolve));
    const started = setTimeout(() => this.answer({ kind: 'ended', bound: 'crash' }), START_TIMEOUT_MS);
    await Promise.race([this.loaded, answered]);
    clearTimeout(started);
    this.worker.postMessage(request);
    const timer = setTimeout(() => this.answer({ kind: 'ended', bound: 'time' }), this.bounds.timeoutMs);
    const answer = await answered;
    clearTimeout(timer);
    if (answer.kind === 'ended') await this.end();
    // An idle worker does not keep the program alive.
    this.worker.unref();
    return answer;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private answer(answer: WorkerAnswer): void {
    this.settle?.(answer);
    this.settle = undefined;
  }
}
