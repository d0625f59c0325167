import type { ControlState, VersionRecord } from '#control';
import { WaslError } from '#protocol';

const DEFAULT_DAYS = 90;
const DAY_MS = 86_400_000;
const MOST = 1_000;

const TYPES: Record<VersionRecord['status'], string> = {
  active: 'wasl.contract.version.activated',
  deprecated: 'wasl.contract.version.deprecated',
  retired: 'wasl.contract.version.retired',
};

/** Whom notices are for. */
export interface Addressee {
  system: string;
  member: string;
}

/**
 * What became of the contracts that concern a system: those it has an agreement in force for, and those of its member
 * or one above it. A notice is the state of a version, so that who reads late still learns where it stands; oldest
 * first, at most 1,000.
 */
export function noticesFor(
  view: ControlState,
  { system, member }: Addressee,
  since: Date,
  now: Date,
): object[] {
  const topics = new Set(
    view
      .agreementsOf(system)
      .map(({ topic }) => topic)
      .filter((topic) => view.agreementInForce(system, topic, now)),
  );
  for (const { topic, owner } of view.contracts()) if (view.isMemberWithin(member, owner)) topics.add(topic);
  return [...topics]
    .flatMap((topic) => view.versions(topic))
    .filter((version) => version.since !== undefined && Date.parse(version.since) >= since.getTime())
    .sort((a, b) => Date.parse(a.since!) - Date.parse(b.since!) || (idOf(a) < idOf(b) ? -1 : 1))
    .slice(0, MOST)
    .map((version) => notice(version));
}

/** @throws WaslError malformed-request */
export function parseSince(query: Record<string, unknown>, now: Date): Date {
  const { since, ...others } = query;
  if (Object.keys(others).length > 0)
    throw new WaslError('malformed-request', 'the query knows the parameter since only');
  if (since === undefined) return new Date(now.getTime() - DEFAULT_DAYS * DAY_MS);
  const time =
    typeof since === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(since)
      ? Date.parse(since)
      : NaN;
  if (Number.isNaN(time)) throw new WaslError('malformed-request', 'since is a time in RFC 3339, UTC');
  return new Date(time);
}

/** A CloudEvent; the same state of a version has the same id. */
function notice(record: VersionRecord): object {
  const { topic, version, status, since, sunset, successor } = record;
  return {
    specversion: '1.0',
    id: idOf(record),
    source: 'urn:wasl:control:contracts',
    type: TYPES[status],
    time: since,
    subject: `urn:wasl:contract:${topic}:${version}`,
    datacontenttype: 'application/json',
    data: { topic, version, status, ...(sunset && { sunset }), ...(successor && { successor }) },
  };
}

function idOf({ topic, version, status, since }: VersionRecord): string {
  return `${topic}:${version}:${status}:${since}`;
}
