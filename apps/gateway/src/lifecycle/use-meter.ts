import { useRecord, type ContractUse } from '#control';
import type { KafkaProducer } from '#kafka';
import type { Logger } from '#service';

const FLUSH_MS = 30_000;
/** Systems times versions of a day are far fewer; what is beyond is told at the next flush of the others. */
const MOST = 20_000;

/**
 * Adds up who uses which contract version, and tells it twice a minute: the schema registry names those whom a change
 * would hit. What was not told yet is lost with the process; nothing is decided by these counts.
 */
export class UseMeter {
  private counts = new Map<string, ContractUse>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly producer: Pick<KafkaProducer, 'send'>,
    private readonly logger: Logger,
  ) {}

  note(
    { topic, version, system, way }: Omit<ContractUse, 'day' | 'messages'>,
    messages: number,
    now: Date,
  ): void {
    if (messages === 0) return;
    const day = now.toISOString().slice(0, 10);
    const key = `${topic} ${version} ${system} ${way} ${day}`;
    const known = this.counts.get(key);
    if (known) known.messages += messages;
    else if (this.counts.size < MOST) this.counts.set(key, { topic, version, system, way, day, messages });
  }

  start(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Tells the rest. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  flush(): Promise<void> {
    this.sending = this.sending.then(() => this.send());
    return this.sending;
  }

  private async send(): Promise<void> {
    const counts = this.counts;
    if (counts.size === 0) return;
    this.counts = new Map();
    try {
      await this.producer.send([...counts.values()].map(useRecord));
    } catch (error) {
      this.logger.warn({ err: error }, 'use of contracts could not be told, it is kept');
      const since = [...this.counts.values()];
      this.counts = counts;
      for (const { day, messages, ...use } of since) this.note(use, messages, new Date(day));
    }
  }
}
