import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, type Admin, type ITopicConfig } from 'kafkajs';
import { WaslError } from '#protocol';
import { PATIENCE_MS, unavailable, unknownTopic } from './broker-link.js';
import { kafkajsLogFunction } from './kafkajs-internals.js';
import type { KafkaSettings } from './records.js';

const TOPIC_RESOURCE = 2;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface TopicSpecification {
  topic: string;
  partitions: number;
  /** topic configuration as Kafka names it: `cleanup.policy`, `retention.ms` … */
  config?: Record<string, string>;
}

export interface TopicDescription {
  topic: string;
  partitions: number;
  config: Record<string, string>;
}

/** Creates, describes and deletes topics. Every call opens a connection of its own: they are rare. */
export class TopicAdmin {
  constructor(private readonly settings: KafkaSettings) {}

  /**
   * Creates the topics that do not exist; those that do stay as they are. Resolves once the broker lists them all.
   * @throws WaslError `unavailable`
   */
  async ensureTopics(topics: TopicSpecification[]): Promise<void> {
    await this.withAdmin(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter(({ topic }) => !existing.has(topic));
      if (missing.length === 0) return;
      await admin
        .createTopics({ waitForLeaders: false, topics: missing.map(creation) })
        .catch(ignoreExisting);
      // The controller has them; a broker that has not heard of it yet says that there is no such topic.
      await admin.fetchTopicMetadata({ topics: missing.map(({ topic }) => topic) });
    });
  }

  /** @throws WaslError `unknown-topic`, `unavailable` */
  async describe(topic: string): Promise<TopicDescription> {
    return this.withAdmin(async (admin) => {
      if (!(await admin.listTopics()).includes(topic)) throw unknownTopic(topic);
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: TOPIC_RESOURCE, name: topic }],
      });
      const entries = resources[0]?.configEntries ?? [];
      return {
        topic,
        partitions: topics[0]?.partitions.length ?? 0,
        config: Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue])),
      };
    });
  }

  async list(): Promise<string[]> {
    return this.withAdmin((admin) => admin.listTopics());
  }

  /** Deletes the topics that exist. @throws WaslError `unavailable` */
  async deleteTopics(topics: string[]): Promise<void> {
    await this.withAdmin(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const found = topics.filter((topic) => existing.has(topic));
      if (found.length > 0) await admin.deleteTopics({ topics: found });
    });
  }

  /** Nothing stays open between calls. */
  async close(): Promise<void> {}

  /**
   * All that is asked of the broker here may be asked twice, so that whatever fails is tried again from the start,
   * as long as the settings' patience lasts: a creation whose answer was lost, a controller that was just elected.
   */
  private async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = Date.now() + (this.settings.patienceMs ?? PATIENCE_MS);
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.once(work);
      } catch (error) {
        if (error instanceof WaslError) throw error;
        if (Date.now() >= deadline) throw unavailable('The message broker does not answer.', error);
        await sleep(pause);
      }
    }
  }

  private async once<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const { brokers, clientId } = this.settings;
    const logCreator = () => kafkajsLogFunction(this.settings);
    const retry = { retries: 0 };
    const admin = new Kafka({ brokers, clientId, logCreator, retry, connectionTimeout: 5_000 }).admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}

function creation({ topic, partitions, config = {} }: TopicSpecification): ITopicConfig {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  return { topic, numPartitions: partitions, configEntries };
}

/** Another process may create the same topics between our look and our request. */
function ignoreExisting(error: Error & { errors?: { type?: string }[] }): void {
  if (error.errors?.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS')) return;
  throw error;
}
