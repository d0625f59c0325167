import { USE_TOPIC, type ContractRecord, type ControlState } from '#control';
import type { TopicAdmin } from '#kafka';
import { EVIDENCE_TOPIC, type Logger } from '#service';

const RETRY_MS = 1_000;
/** A message that was receipted stays: deletion follows the contract's retention, never Kafka's default. */
const CONFIG = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

/** Read soon after it is written; a registry that was away for a month has missed what is older. */
const USE_CONFIG = { 'cleanup.policy': 'delete', 'retention.ms': String(30 * 86_400_000) };

/** Creates the topics of contracts as these appear, and that of evidence. */
export class DataTopics {
  private readonly existing = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly view: ControlState,
    private readonly admin: Pick<TopicAdmin, 'ensureTopics'>,
    private readonly logger: Logger,
  ) {}

  exists(topic: string): boolean {
    return this.existing.has(topic);
  }

  /** Somebody deleted a topic: looks at all of them again and makes what is missing. */
  recheck(): void {
    this.existing.clear();
    this.schedule(0);
  }

  start(): void {
    this.unsubscribe = this.view.onChange(({ record }) => {
      if (record?.kind === 'contract' && !this.existing.has(record.topic)) this.schedule(0);
    });
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.unsubscribe?.();
    clearTimeout(this.timer);
    await this.running;
  }

  /** Evidence first: without it nothing may even be refused. */
  async ensure(): Promise<void> {
    const missing = this.view.contracts().filter(({ topic }) => !this.existing.has(topic));
    const topics: { topic: string; partitions: number; config: Record<string, string> }[] = missing.map(
      ({ topic, partitions }: ContractRecord) => ({
        topic,
        partitions,
        config: CONFIG,
      }),
    );
    if (!this.existing.has(EVIDENCE_TOPIC))
      topics.unshift({ topic: EVIDENCE_TOPIC, partitions: 3, config: CONFIG });
    if (!this.existing.has(USE_TOPIC)) topics.push({ topic: USE_TOPIC, partitions: 1, config: USE_CONFIG });
    if (topics.length === 0) return;
    await this.admin.ensureTopics(topics);
    for (const { topic } of topics) this.existing.add(topic);
  }

  private schedule(delayMs: number): void {
    if (this.closed || this.timer) return;
    this.timer = setTimeout(() => {
      this.running = (this.running ?? Promise.resolve()).then(async () => {
        this.timer = undefined;
        try {
          await this.ensure();
        } catch (error) {
          this.logger.warn({ err: error }, 'topics could not be created yet');
          this.schedule(RETRY_MS);
        }
      });
    }, delayMs);
  }
}
