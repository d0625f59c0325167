import { pause, retryDelayMs } from '#client';
import type { Logger } from '#service';
import { classify, LeaseLost, TransientFailure } from './task-failure.js';
import type { Task } from './task.js';

export type TaskState = 'RUNNING' | 'PAUSED' | 'FAILED';

const BACKOFF = { attempts: Infinity, firstDelayMs: 250, maxDelayMs: 15_000 };

/** Runs one task: again after what passes by itself, not again after what needs a person. */
export class TaskRunner {
  private readonly stopping = new AbortController();
  private attempt = 0;
  private waiting = false;
  private finished: Promise<void> = Promise.resolve();
  private shown: Promise<void> = Promise.resolve();

  constructor(
    private readonly connector: string,
    private readonly logger: Logger,
    /** Shows the state to operators; the trace of a RUNNING task says what it waits for. */
    private readonly report: (state: TaskState, trace: string | null) => Promise<void>,
  ) {}

  start(makeTask: () => Task): void {
    this.finished = this.loop(makeTask);
  }

  /** Something was achieved: the next trouble starts with the shortest wait. */
  progressed(): void {
    this.attempt = 0;
    if (this.waiting) this.show('RUNNING', null);
    this.waiting = false;
  }

  /** Ends the task and waits until it has let go of everything. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the task was stopped'));
    await this.finished;
    await this.shown;
  }

  private show(state: TaskState, trace: string | null): void {
    const { connector, logger } = this;
    this.shown = this.shown
      .then(() => this.report(state, trace))
      .catch((err: unknown) => logger.error({ connector, err }, 'the state of the task could not be stored'));
  }

  private async loop(makeTask: () => Task): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await makeTask().run(signal);
      } catch (error) {
        if (signal.aborted) return;
        const failure = classify(error);
        const { connector } = this;
        if (failure instanceof LeaseLost) {
          this.logger.warn({ connector }, 'the connector was taken over by another instance');
          return;
        }
        if (failure instanceof TransientFailure) {
          const delayMs = retryDelayMs(this.attempt++, Math.random(), BACKOFF, failure.retryAfterSeconds);
          this.show('RUNNING', `waits and tries again: ${failure.message}`);
          this.waiting = true;
          this.logger.warn({ connector, delayMs, reason: failure.message }, 'the task waits and tries again');
          await pause(delayMs, signal).catch(() => undefined);
          continue;
        }
        this.logger.error(
          { connector, err: failure.cause ?? failure, trace: failure.message },
          'the task has failed',
        );
        this.show('FAILED', failure.message);
        await this.shown;
        return;
      }
    }
  }
}
