import type { AgreementRecord } from '#control';
import type { KafkaRecord } from '#kafka';
import { WaslError } from '#protocol';
import type { DataTopics } from '../data-topics.js';
import type { Deprecations, EndHeaders } from '../lifecycle/deprecations.js';
import type { UseMeter } from '../lifecycle/use-meter.js';
import type { GatewayMetrics } from '../metrics.js';
import { cloudEventLine } from './cloud-event.js';
import { decodeCursor, encodeCursor, type Positions } from './cursor.js';
import type { PageReader } from './page-reader.js';
import type { QuotaStore } from './quota.store.js';
import type { Rights } from './rights.js';
import type { Tail } from './tail.js';

const DATASCHEMA = 'urn:wasl:schema:';

export interface FeedRequest {
  consumer: string;
  topic: string;
  after: string | undefined;
  /** 1..1000 */
  limit: number;
  /** 0..30 */
  waitSeconds: number;
}

export interface FeedPage {
  /** NDJSON */
  body: string;
  cursor: string;
  agreement: string;
  /** what is to end of the versions that the page is of */
  ending: EndHeaders | undefined;
}

/** The pull feed: pages at the caller's cursor, and long polls at its end. Keeps nothing about its callers. */
export class Feed {
  constructor(
    private readonly rights: Rights,
    private readonly topics: Pick<DataTopics, 'exists'>,
    private readonly pages: PageReader,
    private readonly tail: Tail,
    private readonly quotas: QuotaStore,
    private readonly metrics: GatewayMetrics,
    private readonly deprecations: Deprecations,
    private readonly use: Pick<UseMeter, 'note'>,
  ) {}

  /** @throws WaslError of Rights.require, invalid-cursor, cursor-expired, too-many-requests, unavailable */
  async pull(request: FeedRequest, signal: AbortSignal): Promise<FeedPage> {
    const { consumer, topic } = request;
    const deadline = Date.now() + request.waitSeconds * 1_000;
    const mayPull = () => this.rights.require(consumer, topic, new Date());
    mayPull();
    if (!this.topics.exists(topic)) {
      throw new WaslError('unavailable', 'the topic is still being created', { retryAfterSeconds: 1 });
    }
    let positions = await this.positions(request);
    for (;;) {
      const limit = await this.withinQuota(mayPull(), request.limit);
      const { records, next } = await this.pages.read(topic, positions, limit);
      // The right may have ended while the page was read.
      const agreement = mayPull();
      const left = deadline - Date.now();
      if (records.length > 0 || left <= 0 || signal.aborted) {
        const lines = records.map(cloudEventLine).filter((line) => line !== undefined);
        await this.count(agreement, topic, lines.length);
        const versions = this.versionsOf(topic, records);
        for (const [version, messages] of versions)
          this.use.note({ topic, version, system: consumer, way: 'consume' }, messages, new Date());
        const ending = this.deprecations.ofPage(topic, versions.keys());
        return { body: lines.join(''), cursor: encodeCursor(topic, next), agreement: agreement.id, ending };
      }
      positions = next;
      await this.tail.wait(topic, positions, left, signal, mayPull);
    }
  }

  /** How many messages of a page are of which version, as far as their schemas are known. */
  private versionsOf(topic: string, records: readonly KafkaRecord[]): Map<number, number> {
    const byGuid = new Map<string, number>();
    for (const { headers } of records) {
      const guid = headers.get('ce_dataschema')?.toString('latin1').slice(DATASCHEMA.length);
      if (guid !== undefined) byGuid.set(guid, (byGuid.get(guid) ?? 0) + 1);
    }
    const versions = new Map<number, number>();
    for (const [guid, messages] of byGuid) {
      const version = this.deprecations.versionOf(topic, guid);
      if (version !== undefined) versions.set(version, (versions.get(version) ?? 0) + messages);
    }
    return versions;
  }

  private positions({ topic, after }: FeedRequest): Promise<Positions> {
    return after === undefined
      ? this.pages.beginning(topic)
      : this.pages.resume(topic, decodeCursor(after, topic));
  }

  private async withinQuota(agreement: AgreementRecord, limit: number): Promise<number> {
    if (agreement.quotaPerDay === null) return limit;
    const left = agreement.quotaPerDay - (await this.quotas.delivered(agreement.id, today()));
    if (left > 0) return Math.min(limit, left);
    const midnight = new Date().setUTCHours(24, 0, 0, 0);
    throw new WaslError('too-many-requests', 'the daily quota of the agreement is used up', {
      retryAfterSeconds: (midnight - Date.now()) / 1_000,
    });
  }

  private async count(agreement: AgreementRecord, topic: string, messages: number): Promise<void> {
    if (messages === 0) return;
    if (agreement.quotaPerDay !== null) await this.quotas.add(agreement.id, today(), messages);
    this.metrics.delivered.inc({ topic }, messages);
  }
}

const today = () => new Date().toISOString().slice(0, 10);
