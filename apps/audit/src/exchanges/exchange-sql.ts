import { isSystemUrn, type EventName } from '#protocol';
import type { ExchangePage } from './exchange-filter.js';

/** Whose exchanges may be seen: everyone's, or those in which a member takes part. */
export type Scope = { all: true } | { member: string };

/** What a search shows unless it asks for an event: everything about messages. */
export const MESSAGE_EVENTS: readonly EventName[] = [
  'SubmissionAcceptance',
  'SubmissionRejection',
  'ContentConsignment',
  'ContentConsignmentFailure',
  'ContentHandover',
  'ContentHandoverFailure',
  'AccessRefusal',
];

/** Handovers that cover the position of a submission. */
const COVERS = `h.topic = e.source_topic and h.partition = e.source_partition and h.offsets @> e.source_offset`;

const handedOver = (and: string) =>
  `(e.event = 'SubmissionAcceptance' and exists (select from handover h where ${COVERS}${and}))`;

/** Condition on a row `e` of exchange. @param member placeholder of a member's URN */
export const takesPart = (member: string) =>
  `(e.sender_member = ${member} or e.recipient_member = ${member} or ${handedOver(` and h.recipient_member = ${member}`)})`;

/** Newest first; one row more than the page shows that there are more. */
export function exchangeSql(
  { filter, before, limit }: ExchangePage,
  scope: Scope,
): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const $ = (value: unknown) => `$${values.push(value)}`;
  const conditions: string[] = [];
  /** A filter tells as much as a field: it must not see handovers that the answer would not show. */
  let shown = '';

  if (before !== undefined) conditions.push(`e.idx < ${$(before)}`);
  if ('member' in scope) {
    const member = $(scope.member);
    conditions.push(takesPart(member));
    shown = ` and (h.recipient_member = ${member} or e.sender_member = ${member})`;
  }
  if (filter.message !== undefined) conditions.push(`e.message = ${$(filter.message)}`);
  if (filter.sender !== undefined)
    conditions.push(`e.${partyColumn('sender', filter.sender)} = ${$(filter.sender)}`);
  if (filter.topic !== undefined) conditions.push(`e.topic = ${$(filter.topic)}`);
  if (filter.from !== undefined) conditions.push(`e.at >= ${$(filter.from)}`);
  if (filter.to !== undefined) conditions.push(`e.at < ${$(filter.to)}`);
  if (filter.event === undefined) conditions.push(`e.event = any(${$(MESSAGE_EVENTS)}::text[])`);
  else if (filter.event !== 'all') conditions.push(`e.event = ${$(filter.event)}`);

  let recipientOfHandover = shown;
  if (filter.recipient !== undefined) {
    const column = partyColumn('recipient', filter.recipient);
    const recipient = $(filter.recipient);
    recipientOfHandover = `${shown} and h.${column} = ${recipient}`;
    if (filter.outcome !== 'handed-over')
      conditions.push(`(e.${column} = ${recipient} or ${handedOver(recipientOfHandover)})`);
  }
  if (filter.outcome === 'accepted') conditions.push(`e.event = 'SubmissionAcceptance'`);
  if (filter.outcome === 'rejected') conditions.push(`e.event = 'SubmissionRejection'`);
  if (filter.outcome === 'handed-over') conditions.push(handedOver(recipientOfHandover));

  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  return { text: `select e.* from exchange e ${where} order by e.idx desc limit ${$(limit + 1)}`, values };
}

const partyColumn = (role: 'sender' | 'recipient', urn: string) =>
  isSystemUrn(urn) ? role : `${role}_member`;
