import type { ChannelResponse } from './http-channel.js';

/** The end of a contract version, as the gateway tells it with the use of the version (RFC 9745, RFC 8594, RFC 5829). */
export interface DeprecationNotice {
  topic: string;
  /** absent for what is received: a page may hold several; it is then the version that ends first */
  version?: number;
  /** deprecated since then, RFC 3339 */
  since?: string;
  /** not to be relied on after this, RFC 3339 */
  sunset?: string;
  /** what to use instead: a later major, or a version of the same topic */
  successor?: { topic: string; version?: number };
}

/** @param isEnding false once the version that the notice was about is active again */
export type NoticeListener = (notice: DeprecationNotice, isEnding: boolean) => void;

type Headers = Pick<ChannelResponse, 'header'>;

const TOPICS = 10_000;

/**
 * Tells once of each topic and version that it ends, and again when what is said of it changes. May be shared by
 * clients that follow one another.
 */
export class DeprecationNotices {
  private readonly told = new Map<string, DeprecationNotice>();

  constructor(private readonly listener: NoticeListener = () => undefined) {}

  /** What was told and holds. */
  current(): DeprecationNotice[] {
    return [...this.told.values()];
  }

  /** The answer to a publication: without a notice the version is active. */
  ofPublication(topic: string, version: number, response: Headers): void {
    const notice = noticeIn(response, { topic, version });
    const key = `${topic} ${version}`;
    const before = this.told.get(key);
    if (notice) this.tell(key, notice);
    else if (before) {
      this.told.delete(key);
      this.listener(before, false);
    }
  }

  /** A page of messages: without a notice it may just hold none of the version that ends. */
  ofPage(topic: string, response: Headers): void {
    const notice = noticeIn(response, { topic });
    if (notice) this.tell(topic, notice);
  }

  private tell(key: string, notice: DeprecationNotice): void {
    const before = this.told.get(key);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(notice)) return;
    if (before === undefined && this.told.size >= TOPICS) return;
    this.told.set(key, notice);
    this.listener(notice, true);
  }
}

/** What headers cannot be read as is not said. */
function noticeIn(
  response: Headers,
  of: Pick<DeprecationNotice, 'topic' | 'version'>,
): DeprecationNotice | undefined {
  const seconds = /^@(\d{1,11})$/.exec(response.header('deprecation')?.trim() ?? '')?.[1];
  const end = Date.parse(response.header('sunset') ?? '');
  if (seconds === undefined && Number.isNaN(end)) return undefined;
  const successor = successorIn(response.header('link') ?? '');
  return {
    ...of,
    ...(seconds === undefined ? {} : { since: inWholeSeconds(Number(seconds) * 1_000) }),
    ...(Number.isNaN(end) ? {} : { sunset: inWholeSeconds(end) }),
    ...(successor && { successor }),
  };
}

function successorIn(link: string): DeprecationNotice['successor'] {
  const target = /<([^<>]{1,500})>\s*;\s*rel="?successor-version"?/.exec(link)?.[1] ?? '';
  const major = /^\/v1\/topics\/([a-z0-9.-]+)\/messages$/.exec(target)?.[1];
  if (major !== undefined) return { topic: major };
  const [, topic, version] = /^urn:wasl:contract:([a-z0-9.-]+):(\d{1,10})$/.exec(target) ?? [];
  return topic === undefined ? undefined : { topic, version: Number(version) };
}

function inWholeSeconds(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
