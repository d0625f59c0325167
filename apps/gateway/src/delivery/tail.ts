import { setTimeout as sleep } from 'node:timers/promises';
import { PartitionReader, type KafkaSettings } from '#kafka';
import { WaslError } from '#protocol';
import type { Logger } from '#service';
import type { Positions } from './cursor.js';

/** How long one look at Kafka may last, and so how late the wait on another topic may begin. */
const LOOK_MS = 100;
const RETRY_MS = 500;
/** How often waiting callers are checked for rights that ran out by time. */
const RECHECK_MS = 500;

interface Waiter {
  topic: string;
  positions: Positions;
  /** Throws when the caller may no longer wait. */
  check: () => void;
  wake: (error?: unknown) => void;
}

/** Wakes long polls when their topic has news: one loop over one connection, however many are waiting. */
export class Tail {
  private readonly waiters = new Set<Waiter>();
  /** Ends of the partitions of topics that somebody waits for. */
  private readonly ends = new Map<string, Positions>();
  private loop: Promise<void> | undefined;
  private reader: PartitionReader | undefined;
  private rechecking: NodeJS.Timeout | undefined;
  private recheckSoon = false;
  private closed = false;

  constructor(
    private readonly kafka: KafkaSettings,
    private readonly mostWaiting: number,
    private readonly logger: Logger,
  ) {}

  get waiting(): number {
    return this.waiters.size;
  }

  /**
   * Resolves when there is something behind `positions`, when `milliseconds` have passed, or at shutdown.
   * @param check is asked whenever rights may have changed; what it throws ends the wait
   * @throws WaslError too-many-requests, what `check` throws, or the reason of `signal`
   */
  async wait(
    topic: string,
    positions: Positions,
    milliseconds: number,
    signal: AbortSignal,
    check: () => void,
  ) {
    if (this.waiters.size >= this.mostWaiting) {
      throw new WaslError('too-many-requests', 'too many long polls are open', { retryAfterSeconds: 2 });
    }
    const ends = this.ends.get(topic);
    if (this.closed || (ends && isBehind(positions, ends))) return;
    if (!ends) this.ends.set(topic, new Map(positions));
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { topic, positions, check, wake: (error) => finish(error) };
      const timer = setTimeout(() => finish(), milliseconds);
      const onAbort = () => finish(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const finish = (error?: unknown) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.waiters.delete(waiter);
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the wait was given up', { cause: error }));
      };
      this.waiters.add(waiter);
      this.loop ??= this.run();
      this.rechecking ??= setInterval(() => this.recheck(), RECHECK_MS).unref();
    });
  }

  /** Rights may have changed: asks every waiting caller's check, once for a burst of changes. */
  rightsChanged(): void {
    if (this.recheckSoon || this.waiters.size === 0) return;
    this.recheckSoon = true;
    setImmediate(() => this.recheck());
  }

  async stop(): Promise<void> {
    this.closed = true;
    clearInterval(this.rechecking);
    for (const waiter of [...this.waiters]) waiter.wake();
    await this.reader?.close();
    await this.loop;
  }

  private recheck(): void {
    this.recheckSoon = false;
    for (const waiter of [...this.waiters]) {
      try {
        waiter.check();
      } catch (error) {
        waiter.wake(error);
      }
    }
  }

  /** Runs while anybody waits. */
  private async run(): Promise<void> {
    while (this.waiters.size > 0 && !this.closed) {
      this.forgetUnwanted();
      try {
        this.reader ??= new PartitionReader(this.kafka);
        await this.look(this.reader);
      } catch (error) {
        if (this.closed) break;
        this.logger.warn({ err: error }, 'the ends of topics could not be read');
        await this.reader?.close();
        this.reader = undefined;
        await sleep(RETRY_MS);
      }
    }
    this.ends.clear();
    this.loop = undefined;
  }

  private async look(reader: PartitionReader): Promise<void> {
    const positions = [...this.ends].flatMap(([topic, ends]) =>
      [...ends].map(([partition, offset]) => ({ topic, partition, offset })),
    );
    const news = new Set<string>();
    // The data itself is not wanted; Kafka sends at least one batch of it.
    for (const slice of await reader.fetch(positions, {
      maxWaitMs: LOOK_MS,
      maxBytes: 1,
      maxBytesPerPartition: 1,
    })) {
      const end = slice.outOfRange ? undefined : slice.highWatermark;
      const known = this.ends.get(slice.topic)?.get(slice.partition);
      if (end === undefined) {
        // The page that its waiters read next says what is wrong.
        news.add(slice.topic);
        this.ends.delete(slice.topic);
      } else if (known !== undefined && end > known) {
        this.ends.get(slice.topic)?.set(slice.partition, end);
        news.add(slice.topic);
      }
    }
    for (const waiter of [...this.waiters]) {
      const ends = this.ends.get(waiter.topic);
      if (news.has(waiter.topic) && (!ends || isBehind(waiter.positions, ends))) waiter.wake();
    }
  }

  private forgetUnwanted(): void {
    const wanted = new Set([...this.waiters].map(({ topic }) => topic));
    for (const topic of this.ends.keys()) if (!wanted.has(topic)) this.ends.delete(topic);
  }
}

function isBehind(positions: Positions, ends: Positions): boolean {
  for (const [partition, end] of ends) if ((positions.get(partition) ?? 0n) < end) return true;
  return false;
}
