import { setTimeout as sleep } from 'node:timers/promises';
import { WaslError } from '#protocol';
import { destroyCluster, newCluster, type Cluster } from './kafkajs-internals.js';
import type { KafkaSettings } from './records.js';

/** How long no broker may answer before `unavailable`, unless settings say otherwise. */
export const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const NO_SUCH_TOPIC = ['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION'];

/** What is known about topics and leaders is out of date: ask anew, the connections are good. */
export class StaleMetadata extends Error {}

/**
 * The connections of one producer or reader. Work is done by `attempt`, which tries again over fresh metadata or
 * fresh connections until it succeeds or no broker has answered for the settings' patience.
 */
export class BrokerLink {
  private cluster: Promise<Cluster> | undefined;
  private closed = false;
  private down = false;

  constructor(private readonly settings: KafkaSettings) {}

  /** @throws WaslError `unavailable`, or whatever WaslError `work` throws */
  async attempt<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    let pause = FIRST_PAUSE_MS;
    let deadline: number | undefined;
    for (;;) {
      if (this.closed) throw unavailable('The connection to the message broker is closed.');
      const used = (this.cluster ??= this.connect());
      try {
        const result = await work(await used);
        this.noteUp();
        return result;
      } catch (error) {
        if (error instanceof WaslError) throw error;
        if (this.closed) continue;
        deadline ??= Date.now() + (this.settings.patienceMs ?? PATIENCE_MS);
        if (error instanceof StaleMetadata) await forgetTopics(used);
        else this.drop(used);
        this.noteDown(error);
        if (Date.now() >= deadline) throw unavailable('The message broker does not answer.', error);
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  close(): void {
    this.closed = true;
    this.drop(this.cluster);
  }

  private async connect(): Promise<Cluster> {
    const cluster = newCluster(this.settings);
    try {
      await cluster.connect();
      return cluster;
    } catch (error) {
      destroyCluster(cluster);
      throw error;
    }
  }

  /** Another attempt that failed on the same connections may have replaced them already. */
  private drop(used: Promise<Cluster> | undefined): void {
    used?.then(destroyCluster, () => {});
    if (this.cluster === used) this.cluster = undefined;
  }

  private noteDown(error: unknown): void {
    // A broker that has just started answers so for a moment; the next attempt finds it ready.
    if ((error as { type?: unknown }).type === 'GROUP_LOAD_IN_PROGRESS') return;
    if (this.down || error instanceof StaleMetadata) return;
    this.down = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.settings.logger?.warn(
      { clientId: this.settings.clientId, reason },
      'no answer from the message broker',
    );
  }

  private noteUp(): void {
    if (!this.down) return;
    this.down = false;
    this.settings.logger?.info({ clientId: this.settings.clientId }, 'the message broker answers again');
  }
}

/** Topics are loaded again as they are asked for: one that was deleted would fail the refresh of all. */
async function forgetTopics(cluster: Promise<Cluster>): Promise<void> {
  (await cluster).targetTopics.clear();
}

export function unavailable(detail: string, cause?: unknown): WaslError {
  return new WaslError('unavailable', detail, { retryAfterSeconds: 2, cause });
}

/** Makes the partitions and leaders of the topics known. @throws WaslError `unknown-topic` that names the topic */
export async function loadTopics(cluster: Cluster, topics: Iterable<string>): Promise<void> {
  const missing = [...new Set(topics)].filter((topic) => !cluster.targetTopics.has(topic));
  if (missing.length === 0) return cluster.refreshMetadataIfNecessary();
  try {
    await cluster.addMultipleTargetTopics(missing);
  } catch (error) {
    if (!isUnknownTopic(error)) throw error;
    if (missing.length === 1) throw unknownTopic(missing[0]!);
    for (const topic of missing) await loadTopics(cluster, [topic]);
  }
}

function isUnknownTopic(error: unknown): boolean {
  return NO_SUCH_TOPIC.includes((error as { type?: string }).type ?? '');
}

export function unknownTopic(topic: string): WaslError {
  return new WaslError('unknown-topic', `There is no topic ${topic}.`);
}
