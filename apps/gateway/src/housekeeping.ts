import type { Logger } from '#service';
import type { SubmissionCommitter } from './intake/committer.js';
import type { SubmissionStore } from './intake/submission.store.js';

const MARK_MS = 1_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** Marks batches when no submission comes to carry the marks, and forgets ids after their retention. */
export class Housekeeping {
  private timers: NodeJS.Timeout[] = [];
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly committer: SubmissionCommitter,
    private readonly store: SubmissionStore,
    private readonly retentionDays: number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timers = [
      setInterval(() => this.run(() => this.committer.mark()), MARK_MS),
      setInterval(() => this.run(() => this.prune()), PRUNE_MS),
    ];
    for (const timer of this.timers) timer.unref();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.run(() => this.committer.mark());
    await this.running;
  }

  private prune(): Promise<number> {
    return this.store.prune(new Date(Date.now() - this.retentionDays * DAY_MS));
  }

  private run(task: () => Promise<unknown>): void {
    this.running = this.running
      .then(task)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'housekeeping failed, it is tried again'));
  }
}
