import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { KafkaRecord, KafkaSettings, PartitionReader } from '#kafka';
import { WaslError } from '#protocol';
import { parseControlRecord } from './parse-record.js';
import { ControlState } from './state.js';
import { CONTROL_TOPICS, topicOfKey } from './topics.js';

const LONG_POLL_MS = 500;
const RETRY_MS = 500;

interface Position {
  topic: string;
  partition: number;
  offset: bigint;
}

/** The state of the control plane, kept current from its compacted topics over a connection of its own. */
export class ControlView extends ControlState {
  private positions: Position[] = [];
  private targets = new Map<string, bigint>();
  /** Keys that a re-reading from the start has not met again yet; withdrawn once it has caught up. */
  private stale: Set<string> | undefined;
  private caughtUp = false;
  private failing = false;
  private stopping = new AbortController();
  private loop: Promise<void> | undefined;
  private onReady: (() => void) | undefined;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly logger?: Logger,
  ) {
    super();
  }

  /** Whether everything that was published before start has been read. */
  get ready(): boolean {
    return this.caughtUp;
  }

  /**
   * Resolves when caught up with the end of the topics as found at start.
   * @param options.waitMs how long to wait for Kafka and its topics, 30,000 by default. Reading goes on
   *   in the background afterwards, so that `ready` may still become true.
   * @throws WaslError unavailable when that time has passed
   */
  async start({ waitMs = 30_000 }: { waitMs?: number } = {}): Promise<void> {
    if (this.loop) throw new Error('started already');
    const caughtUp = new Promise<true>((resolve) => (this.onReady = () => resolve(true)));
    this.loop = this.run();
    const waited = new AbortController();
    const timeout = sleep(waitMs, false as const, { signal: waited.signal }).catch(() => false as const);
    const inTime = await Promise.race([caughtUp, timeout]);
    waited.abort();
    if (!inTime)
      throw new WaslError('unavailable', `the control topics could not be read within ${waitMs} ms`);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async run(): Promise<void> {
    // Here alone, so that a process without Kafka doesn't load its client.
    const { PartitionReader } = await import('#kafka');
    while (!this.stopping.signal.aborted) {
      const reader = new PartitionReader(this.settings);
      const close = () => void reader.close().catch(() => undefined);
      this.stopping.signal.addEventListener('abort', close);
      try {
        await reader.connect();
        if (this.positions.length === 0) await this.locate(reader);
        while (!this.stopping.signal.aborted) {
          await this.readOn(reader);
          this.failing = false;
        }
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (!this.failing) this.note(error);
        this.failing = true;
        await this.pause();
      } finally {
        this.stopping.signal.removeEventListener('abort', close);
        await reader.close().catch(() => undefined);
      }
    }
  }

  private async locate(reader: PartitionReader): Promise<void> {
    const positions: Position[] = [];
    for (const topic of Object.values(CONTROL_TOPICS)) {
      const latest = await reader.offsets(topic, 'latest');
      for (const [partition, offset] of await reader.offsets(topic, 'earliest')) {
        positions.push({ topic, partition, offset });
        this.targets.set(`${topic}:${partition}`, latest.get(partition) ?? 0n);
      }
    }
    if (new Set(positions.map(({ topic }) => topic)).size < Object.keys(CONTROL_TOPICS).length)
      throw new Error('the control topics do not exist yet');
    this.positions = positions;
    this.stale = new Set(this.recordKeys());
    this.checkCaughtUp();
  }

  private async readOn(reader: PartitionReader): Promise<void> {
    const maxWaitMs = this.caughtUp ? LONG_POLL_MS : 100;
    for (const part of await reader.fetch(this.positions, { maxWaitMs, minBytes: 1 })) {
      if (part.outOfRange) {
        // The topic was made anew or truncated: read it from its start, old records stay until then.
        this.positions = [];
        throw new Error(`${part.topic} no longer holds the offset that was to be read`);
      }
      for (const record of part.records) this.take(record);
      const position = this.positions.find((p) => p.topic === part.topic && p.partition === part.partition);
      if (position && part.nextOffset > position.offset) position.offset = part.nextOffset;
    }
    this.checkCaughtUp();
  }

  private take(record: KafkaRecord): void {
    const key = record.key?.toString('utf8');
    try {
      if (key === undefined) throw new Error('the record has no key');
      if (record.topic !== topicOfKey(key)) throw new Error('the key does not belong to this topic');
      if (record.value === null) this.withdraw(key);
      else this.apply(parseControlRecord(record.topic, key, record.value));
      this.stale?.delete(key);
    } catch (error) {
      // What replaced a record can't be read: the old one no longer holds, so nothing rests on it any more.
      if (key !== undefined && record.topic === topicOfKey(key)) this.withdraw(key);
      const { topic, partition, offset } = record;
      const reason = (error as Error).message;
      this.logger?.error(
        { topic, partition, offset: String(offset), reason },
        'skipped a bad control record',
      );
    }
  }

  private checkCaughtUp(): void {
    if (this.targets.size === 0) return;
    for (const { topic, partition, offset } of this.positions)
      if (offset < (this.targets.get(`${topic}:${partition}`) ?? 0n)) return;
    this.targets.clear();
    for (const key of this.stale ?? []) this.withdraw(key);
    this.stale = undefined;
    this.caughtUp = true;
    this.onReady?.();
  }

  /** One line for an outage, however long it lasts. */
  private note(error: unknown): void {
    // On a new installation the directory makes the topics, and others may look before that.
    const early = !this.caughtUp && error instanceof WaslError && error.code === 'unknown-topic';
    if (early) this.logger?.info('the control topics do not exist yet, looking again');
    else this.logger?.warn({ err: error }, 'reading the control topics failed, trying again');
  }

  private async pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
