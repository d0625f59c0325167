import type { Pool } from 'pg';
import { formatCursor, type ExchangePage } from './exchange-filter.js';
import { exchangeSql, type Scope } from './exchange-sql.js';

interface Links {
  evidence: string;
  proof: string;
}

/** One acknowledged delivery of a message. */
export interface Handover {
  index: number;
  jti: string;
  time: string;
  recipient: string;
  agreement: string;
  purpose: string | null;
  basis: string | null;
  links: Links;
}

/** One entry of the ledger as searches show it. */
export interface ExchangeItem {
  index: number;
  jti: string;
  event: string;
  time: string;
  subject: string;
  message: string | null;
  sender: string | null;
  recipient: string | null;
  topic: string | null;
  version: number | null;
  /** Of a submission: what became of it so far. */
  outcome: 'accepted' | 'rejected' | 'handed-over' | null;
  reason: string | null;
  handovers: Handover[];
  links: Links;
}

export interface ExchangeList {
  items: ExchangeItem[];
  /** For the next page; null on the last. */
  cursor: string | null;
}

interface ExchangeTableRow {
  idx: string;
  jti: string;
  event: string;
  at: Date;
  subject: string;
  message: string | null;
  sender: string | null;
  sender_member: string | null;
  recipient: string | null;
  topic: string | null;
  version: number | null;
  reason: string | null;
  source_topic: string;
  source_partition: number;
  source_offset: string;
}

interface HandoverTableRow {
  submission: string;
  idx: string;
  jti: string;
  at: Date;
  recipient: string;
  recipient_member: string;
  agreement: string;
  purpose: string | null;
  basis: string | null;
}

/** Searches the projection. Pages are keyed by index, so entries appended meanwhile move nothing. */
export class ExchangeSearch {
  constructor(private readonly pool: Pool) {}

  async search(page: ExchangePage, scope: Scope): Promise<ExchangeList> {
    const { rows } = await this.pool.query<ExchangeTableRow>(exchangeSql(page, scope));
    const shown = rows.slice(0, page.limit);
    const handovers = await this.handoversOf(shown);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => itemOf(row, visible(row, handovers.get(row.idx) ?? [], scope))),
      cursor: rows.length > page.limit && last ? formatCursor(Number(last.idx)) : null,
    };
  }

  private async handoversOf(rows: readonly ExchangeTableRow[]): Promise<Map<string, HandoverTableRow[]>> {
    const accepted = rows.filter(({ event }) => event === 'SubmissionAcceptance');
    if (accepted.length === 0) return new Map();
    const result = await this.pool.query<HandoverTableRow>({
      name: 'handovers-of',
      text: `select s.idx as submission, h.idx, h.jti, h.at, h.recipient, h.recipient_member, h.agreement, h.purpose, h.basis
             from unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[]) s (idx, topic, partition, position)
             join handover h on h.topic = s.topic and h.partition = s.partition and h.offsets @> s.position
             order by h.idx`,
      values: [
        accepted.map(({ idx }) => idx),
        accepted.map(({ source_topic }) => source_topic),
        accepted.map(({ source_partition }) => source_partition),
        accepted.map(({ source_offset }) => source_offset),
      ],
    });
    const bySubmission = new Map<string, HandoverTableRow[]>();
    for (const row of result.rows)
      bySubmission.set(row.submission, [...(bySubmission.get(row.submission) ?? []), row]);
    return bySubmission;
  }
}

/** A sender sees who received; a recipient sees only that it did itself. */
function visible(row: ExchangeTableRow, handovers: HandoverTableRow[], scope: Scope): HandoverTableRow[] {
  if ('all' in scope || row.sender_member === scope.member) return handovers;
  return handovers.filter(({ recipient_member }) => recipient_member === scope.member);
}

function itemOf(row: ExchangeTableRow, handovers: readonly HandoverTableRow[]): ExchangeItem {
  return {
    index: Number(row.idx),
    jti: row.jti,
    event: row.event,
    time: row.at.toISOString(),
    subject: row.subject,
    message: row.message,
    sender: row.sender,
    recipient: row.recipient,
    topic: row.topic,
    version: row.version,
    outcome: outcomeOf(row.event, handovers.length),
    reason: row.reason,
    handovers: handovers.map((handover) => ({
      index: Number(handover.idx),
      jti: handover.jti,
      time: handover.at.toISOString(),
      recipient: handover.recipient,
      agreement: handover.agreement,
      purpose: handover.purpose,
      basis: handover.basis,
      links: linksOf(handover.jti),
    })),
    links: linksOf(row.jti),
  };
}

function outcomeOf(event: string, handovers: number): ExchangeItem['outcome'] {
  if (event === 'SubmissionRejection') return 'rejected';
  if (event === 'SubmissionAcceptance') return handovers > 0 ? 'handed-over' : 'accepted';
  return null;
}

const linksOf = (jti: string): Links => ({
  evidence: `/v1/evidence/${jti}`,
  proof: `/v1/evidence/${jti}/proof`,
});
