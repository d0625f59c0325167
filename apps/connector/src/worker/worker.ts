import { DeprecationNotices } from '#client';
import type { Logger } from '#service';
import type { HeldLease, LeaseStore } from './lease-store.js';
import { TaskRunner } from './task-runner.js';
import type { Task } from './task.js';

/** Makes the task of a connector. Throws when its configuration does not hold any more. */
export type TaskFactory = (lease: HeldLease, listeners: TaskListeners) => Task;

/** What a task tells while it runs. */
export interface TaskListeners {
  /** something was achieved */
  progressed: () => void;
  /** versions of contracts that end; of all tasks that follow one another under one configuration */
  deprecations: DeprecationNotices;
}

interface Running {
  lease: HeldLease;
  runner: TaskRunner | undefined;
}

export interface WorkerOptions {
  leases: LeaseStore;
  makeTask: TaskFactory;
  logger: Logger;
  /** Milliseconds between two looks at the table of connectors. */
  heartbeatMs: number;
  /** Milliseconds after which a lease that could not be renewed counts as lost. */
  leaseTtlMs: number;
}

/** Runs the connectors whose leases this instance holds, as the table of connectors wants them. */
export class Worker {
  private readonly running = new Map<string, Running>();
  /** Tasks that were told to end and have not let go of everything yet. */
  private readonly ending = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private stopped = false;
  private lastRenewal = Date.now();

  constructor(private readonly options: WorkerOptions) {}

  start(): void {
    this.kick();
  }

  /** Looks now rather than at the next heartbeat. */
  kick(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.turn = this.turn
      .then(() => this.heartbeat())
      .finally(() => {
        clearTimeout(this.timer);
        if (!this.stopped) this.timer = setTimeout(() => this.kick(), this.options.heartbeatMs);
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
    this.endAll();
    await Promise.all(this.ending.values());
    await this.options.leases.leave().catch(() => undefined);
  }

  private async heartbeat(): Promise<void> {
    const { leases, logger, leaseTtlMs } = this.options;
    if (this.stopped) return;
    try {
      const held = await leases.renew();
      this.lastRenewal = Date.now();
      await this.reconcile(held);
      for (const connector of await leases.surplus()) this.end(connector, true);
      await leases.acquire();
      await this.reconcile(await leases.renew());
    } catch (err) {
      logger.warn({ err }, 'the leases could not be renewed');
      // Others may take over now; fencing would refuse our writes anyway, this spares the work.
      if (Date.now() - this.lastRenewal > leaseTtlMs) this.endAll();
    }
  }

  private async reconcile(held: HeldLease[]): Promise<void> {
    const byName = new Map(held.map((lease) => [lease.connector, lease]));
    const gone = [...this.running.keys()].filter((name) => !byName.has(name));
    for (const name of gone) this.end(name, true);
    for (const lease of held) {
      const current = this.running.get(lease.connector);
      const same = current?.lease.epoch === lease.epoch && current.lease.generation === lease.generation;
      if (!same) await this.begin(lease);
    }
  }

  private async begin(lease: HeldLease): Promise<void> {
    const { leases, logger, makeTask } = this.options;
    const { connector, epoch } = lease;
    this.end(connector);
    // One task of a connector at a time; a slow end must not hold up the leases of the others.
    if (this.ending.has(connector)) return;
    if (lease.targetState === 'PAUSED') {
      this.running.set(connector, { lease, runner: undefined });
      await leases.setState(connector, epoch, 'PAUSED', null);
      return;
    }
    const runner = new TaskRunner(connector, logger, (state, trace) =>
      leases.setState(connector, epoch, state, trace),
    );
    this.running.set(connector, { lease, runner });
    await leases.setState(connector, epoch, 'RUNNING', null);
    const deprecations = this.deprecationsOf(lease);
    await leases.setDeprecations(connector, epoch, []);
    // Made inside the runner, so that what is wrong with the configuration becomes the trace.
    runner.start(() => makeTask(lease, { progressed: () => runner.progressed(), deprecations }));
  }

  /** One warning a contract, and what operators see of it. */
  private deprecationsOf({ connector, epoch }: HeldLease): DeprecationNotices {
    const { leases, logger } = this.options;
    let stored: Promise<unknown> = Promise.resolve();
    const notices: DeprecationNotices = new DeprecationNotices((notice, isEnding) => {
      if (isEnding)
        logger.warn(
          { connector, ...notice },
          'a version of the contract ends: move to its successor before its sunset',
        );
      else logger.info({ connector, ...notice }, 'the version of the contract is active again');
      stored = stored
        .then(() => leases.setDeprecations(connector, epoch, notices.current()))
        .catch((err: unknown) => logger.error({ connector, err }, 'a deprecation could not be stored'));
    });
    return notices;
  }

  /** Ends the task and, on wish, frees the lease once the task has let go of everything. */
  private end(connector: string, release = false): void {
    const { leases, logger } = this.options;
    const running = this.running.get(connector);
    if (this.ending.has(connector) || (!running && !release)) return;
    this.running.delete(connector);
    const ended = Promise.resolve(running?.runner?.stop())
      .then(() => (release ? leases.release(connector) : undefined))
      .catch((err: unknown) => logger.warn({ connector, err }, 'the lease could not be released'))
      .finally(() => {
        this.ending.delete(connector);
        this.kick();
      });
    this.ending.set(connector, ended);
  }

  private endAll(): void {
    for (const connector of this.running.keys()) this.end(connector);
  }
}
