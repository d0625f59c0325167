import type { ControlState, VersionRecord } from '#control';

/** Headers that tell of the end of a contract version: RFC 9745, RFC 8594, RFC 5829. */
export interface EndHeaders {
  deprecation?: string;
  sunset?: string;
  /** one link, to be joined with others */
  link?: string;
}

/** Who publishes or reads by a version that is to end is told so with every answer. */
export class Deprecations {
  constructor(private readonly view: ControlState) {}

  /** Of what was published with a version; undefined while it is active. */
  ofVersion(topic: string, version: number): EndHeaders | undefined {
    const record = this.view.version(topic, version);
    return record && record.status !== 'active' ? headersOf(record) : undefined;
  }

  /**
   * Of a page that holds messages of these versions: what ends first counts. Of any page when no version of the topic
   * is active any more.
   */
  ofPage(topic: string, versions: Iterable<number>): EndHeaders | undefined {
    const records = this.view.versions(topic);
    if (records.every(({ status }) => status === 'active')) return undefined;
    const over = records.every(({ status }) => status !== 'active');
    const used = new Set(versions);
    const ending = records.filter(
      ({ status, version }) => status !== 'active' && (over || used.has(version)),
    );
    const [first] = ending.sort((a, b) => endOf(a) - endOf(b));
    return first && headersOf(first);
  }

  /** The version that a schema's GUID stands for: the newest active one, if several have the same schema. */
  versionOf(topic: string, guid: string): number | undefined {
    const records = this.view.versions(topic).filter((record) => record.guid === guid);
    const active = records.filter(({ status }) => status === 'active');
    const numbers = (active.length > 0 ? active : records).map(({ version }) => version);
    return numbers.length > 0 ? Math.max(...numbers) : undefined;
  }
}

function endOf({ sunset }: VersionRecord): number {
  return sunset === undefined ? Infinity : Date.parse(sunset);
}

function headersOf({ topic, since, sunset, successor }: VersionRecord): EndHeaders {
  return {
    ...(since === undefined ? {} : { deprecation: `@${Math.floor(Date.parse(since) / 1_000)}` }),
    ...(sunset === undefined ? {} : { sunset: new Date(sunset).toUTCString() }),
    ...(successor && { link: `<${targetOf(topic, successor)}>; rel="successor-version"` }),
  };
}

/** Another topic has a path here; another version of the same topic has a name only. */
function targetOf(topic: string, successor: { topic: string; version?: number }): string {
  if (successor.topic !== topic) return `/v1/topics/${encodeURIComponent(successor.topic)}/messages`;
  return `urn:wasl:contract:${topic}:${successor.version}`;
}
