import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DEFAULT_CONTEXT, type QualifiedSubject } from '../../schemas/qualified-subject.js';
import { Transactions } from '../../transactions.js';
import { subjectOf } from '../../topics.js';
import { endingVersions, type StoredVersionState } from './version-state-store.js';

/** How long another instance's decision may stay unknown here. */
const REFRESH_MS = 5_000;

/** Headers that tell clients of the end of a version, from memory: look-ups are many, deprecated versions few. */
@Injectable()
export class LifecycleHeaders implements OnModuleInit {
  private headers = new Map<string, Record<string, string>>();
  private refreshed = 0;
  private refreshing: Promise<void> | undefined;

  constructor(private readonly transactions: Transactions) {}

  async onModuleInit(): Promise<void> {
    // Without a database nothing is served yet; a later look-up asks again.
    await this.refresh().catch(() => undefined);
  }

  /** `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link` of a version; nothing if it is active. */
  of({
    context,
    subject,
    version,
  }: QualifiedSubject & { version: number }): Record<string, string> | undefined {
    if (context !== DEFAULT_CONTEXT) return undefined;
    if (Date.now() - this.refreshed > REFRESH_MS) void this.refresh().catch(() => undefined);
    return this.headers.get(`${subject} ${version}`);
  }

  /** Takes over what was decided here. */
  note(state: StoredVersionState): void {
    const key = keyOf(state);
    if (state.status === 'active') this.headers.delete(key);
    else this.headers.set(key, headersOf(state));
  }

  /** Reads all deprecated and retired versions. */
  refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async read(): Promise<void> {
    // Marked first: a database that is away is asked once in a while, not at every look-up.
    this.refreshed = Date.now();
    const states = await this.transactions.read(endingVersions);
    this.headers = new Map(states.map((state) => [keyOf(state), headersOf(state)]));
  }
}

function keyOf({ topic, version }: StoredVersionState): string {
  return `${subjectOf(topic).subject} ${version}`;
}

function headersOf({ since, sunset, successor }: StoredVersionState): Record<string, string> {
  const headers: Record<string, string> = {};
  if (since) headers['deprecation'] = `@${Math.floor(since.getTime() / 1_000)}`;
  if (sunset) headers['sunset'] = sunset.toUTCString();
  if (successor) {
    const path = `/subjects/${subjectOf(successor.topic).subject}/versions/${successor.version ?? 'latest'}`;
    headers['link'] = `<${path}>; rel="successor-version"`;
  }
  return headers;
}
