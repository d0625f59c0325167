import { isMemberUrn, isSystemUrn, isUuid, memberOf, parseEvidence } from '#protocol';

/** What searches know of one entry. Absent facts are null. */
export interface ExchangeRow {
  jti: string;
  event: string;
  at: Date;
  subject: string;
  /** Id of the message, or of the acknowledgement. */
  message: string | null;
  sender: string | null;
  senderMember: string | null;
  recipient: string | null;
  recipientMember: string | null;
  topic: string | null;
  version: number | null;
  reason: string | null;
  handover: HandoverFacts | null;
}

/** What a ContentHandover says of every message in its ranges. */
export interface HandoverFacts {
  agreement: string;
  purpose: string | null;
  basis: string | null;
  ranges: { partition: number; first: string; last: string }[];
}

const URN_UUID = 'urn:uuid:';
/** 9999-12-31: PostgreSQL and JavaScript end their calendars later, but at different times. */
const LAST_SECOND = 253_402_300_799;
const LAST_OFFSET = 2n ** 62n;

/**
 * Bodies of events are shaped by their issuers and only read defensively here: a fact of another form
 * than expected is left out, it never stops the projection.
 */
export function exchangeRow(entry: Uint8Array): ExchangeRow {
  const { claims, event } = parseEvidence(Buffer.from(entry).toString('latin1'));
  const { body } = event;
  const sender = party(body['sender']) ?? (event.name === 'AuditQuery' ? party(body['system']) : null);
  const recipient = party(body['recipient']) ?? party(body['consumer']);
  const id = claims.sub.startsWith(URN_UUID) ? claims.sub.slice(URN_UUID.length) : null;
  return {
    jti: claims.jti,
    event: event.name,
    at: new Date(Math.min(claims.toe, LAST_SECOND) * 1000),
    subject: claims.sub,
    message: isUuid(id) ? id : null,
    sender,
    senderMember: memberOfParty(sender),
    recipient,
    recipientMember: memberOfParty(recipient),
    topic: text(body['topic']),
    version: integer(body['version']),
    reason: text(body['reason']),
    handover: event.name === 'ContentHandover' ? handoverFacts(body) : null,
  };
}

function handoverFacts(body: Record<string, unknown>): HandoverFacts | null {
  const ranges = Array.isArray(body['ranges']) ? body['ranges'].flatMap(rangeOf) : [];
  const agreement = text(body['agreement']);
  if (agreement === null || ranges.length === 0) return null;
  return { agreement, purpose: text(body['purpose']), basis: text(body['basis']), ranges };
}

function rangeOf(value: unknown): HandoverFacts['ranges'] {
  if (typeof value !== 'object' || value === null) return [];
  const { partition, first, last } = value as Record<string, unknown>;
  const known = integer(partition);
  if (known === null || known < 0 || !isOffset(first) || !isOffset(last) || BigInt(first) > BigInt(last))
    return [];
  return [{ partition: known, first, last }];
}

const isOffset = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,19}$/.test(value) && BigInt(value) < LAST_OFFSET;

/** PostgreSQL stores no NUL in text. */
const text = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 512 && !value.includes('\0') ? value : null;

const integer = (value: unknown): number | null =>
  Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? (value as number) : null;

const party = (value: unknown): string | null => (isSystemUrn(value) || isMemberUrn(value) ? value : null);

const memberOfParty = (urn: string | null): string | null => (isSystemUrn(urn) ? memberOf(urn) : urn);
