import { WaslError, type ErrorCode, type Violation } from '#protocol';
import { type ContractTexts, type LintOptions, unjudged } from '../house-rules/lint-contract.js';
import type { Finding } from '../house-rules/rules.js';
import type { SchemaSource } from '../references.js';
import { type BrokenBound, SchemaWorker, type WorkerAnswer } from './schema-worker.js';
import type { SchemaTask, SchemaTexts, TaskInput, TaskOutput } from './tasks.js';

export interface SchemaWorkersOptions {
  /** threads at most */
  workers: number;
  /** for one task; milliseconds */
  timeoutMs: number;
  /** of the heap of one worker; MiB */
  memoryMb: number;
  /** tasks that wait at most */
  queue: number;
  /** an idle worker ends after this; milliseconds */
  idleMs: number;
}

export const SCHEMA_WORKER_DEFAULTS: Readonly<SchemaWorkersOptions> = {
  workers: 2,
  timeoutMs: 2_000,
  memoryMb: 64,
  queue: 200,
  idleMs: 30_000,
};

/** A value, or which bound the task broke, in words that fit "the schema cannot be … <within>". */
export type TaskOutcome<T> = { done: true; value: T } | { done: false; bound: BrokenBound; within: string };

interface WaitingTask {
  task: SchemaTask;
  input: unknown;
  resolve: (outcome: TaskOutcome<never>) => void;
  reject: (error: Error) => void;
}

/**
 * Runs work on members' schemas in threads that are ended when a task takes too long or too much memory, so that it
 * costs this task and no other. Threads start with the first task and end when idle.
 */
export class SchemaWorkers {
  private readonly options: SchemaWorkersOptions;
  private readonly idle = new Map<SchemaWorker, NodeJS.Timeout>();
  private readonly busy = new Set<SchemaWorker>();
  private readonly waiting: WaitingTask[] = [];
  private closed = false;

  constructor(options: Partial<SchemaWorkersOptions> = {}) {
    this.options = { ...SCHEMA_WORKER_DEFAULTS, ...options };
  }

  /**
   * @throws WaslError `too-many-requests` when too many tasks wait, `unavailable` after `close`, and what the task
   *   itself throws
   */
  run<T extends SchemaTask>(task: T, input: TaskInput<T>): Promise<TaskOutcome<TaskOutput<T>>> {
    if (this.closed)
      return Promise.reject(new WaslError('unavailable', 'the workers for schemas have stopped'));
    if (this.waiting.length >= this.options.queue)
      return Promise.reject(new WaslError('too-many-requests', 'too many schemas wait to be checked'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ task, input, resolve, reject });
      this.startNext();
    });
  }

  /** What is wrong with a schema: as `compile-check`, with a broken bound as a violation `complexity`. */
  async compileCheck(source: SchemaSource): Promise<Violation[]> {
    const outcome = await this.run('compile-check', source);
    if (outcome.done) return outcome.value;
    return [{ pointer: '', rule: 'complexity', message: `cannot be compiled ${outcome.within}` }];
  }

  /** As `lintContractFile`, or `lintContractSchema` for a schema alone, with a broken bound as a finding `safety`. */
  async houseFindings(texts: SchemaTexts | ContractTexts, options: LintOptions = {}): Promise<Finding[]> {
    const outcome =
      'contract' in texts
        ? await this.run('lint-contract', { ...texts, options })
        : await this.run('lint-schema', texts);
    return outcome.done ? outcome.value : unjudged(texts.schema.file, `cannot be judged ${outcome.within}`);
  }

  /** Threads that exist. */
  get size(): number {
    return this.idle.size + this.busy.size;
  }

  /** Ends all threads; tasks that run or wait are `unavailable`. */
  async close(): Promise<void> {
    this.closed = true;
    const stopped = new WaslError('unavailable', 'the workers for schemas have stopped');
    for (const { reject } of this.waiting.splice(0)) reject(stopped);
    for (const timer of this.idle.values()) clearTimeout(timer);
    const workers = [...this.idle.keys(), ...this.busy];
    this.idle.clear();
    await Promise.all(workers.map((worker) => worker.end()));
  }

  private startNext(): void {
    if (this.waiting.length === 0 || this.busy.size >= this.options.workers) return;
    const [rested] = this.idle.keys();
    const worker = rested ?? new SchemaWorker(this.options);
    clearTimeout(this.idle.get(worker));
    this.idle.delete(worker);
    this.busy.add(worker);
    void this.runOn(worker, this.waiting.shift()!);
  }

  private async runOn(worker: SchemaWorker, { task, input, resolve, reject }: WaitingTask): Promise<void> {
    let answer: WorkerAnswer;
    try {
      answer = await worker.run({ task, input });
    } catch (error) {
      // What cannot be cloned never reached the worker.
      answer = { kind: 'failure', message: (error as Error).message };
    }
    this.busy.delete(worker);
    if (answer.kind !== 'ended') this.rest(worker);
    if (this.closed) reject(new WaslError('unavailable', 'the workers for schemas have stopped'));
    else if (answer.kind === 'value') resolve({ done: true, value: answer.value as never });
    else if (answer.kind === 'ended')
      resolve({ done: false, bound: answer.bound, within: this.within(answer.bound) });
    else if (answer.kind === 'failure') reject(new Error(`${task} failed: ${answer.message}`));
    else {
      const { code, detail, violations } = answer;
      reject(new WaslError(code as ErrorCode, detail, violations && { violations }));
    }
    this.startNext();
  }

  private rest(worker: SchemaWorker): void {
    const leave = () => {
      this.idle.delete(worker);
      void worker.end();
    };
    if (this.closed) return;
    this.idle.set(worker, setTimeout(leave, this.options.idleMs).unref());
  }

  private within(bound: BrokenBound): string {
    if (bound === 'time') return `within ${this.options.timeoutMs / 1_000} s`;
    if (bound === 'memory') return `within ${this.options.memoryMb} MB of memory`;
    return 'without ending its worker';
  }
}
