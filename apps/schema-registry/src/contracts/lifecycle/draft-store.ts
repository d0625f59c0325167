import type { Pool, PoolClient } from 'pg';
import type { SchemaContent } from '../schema-gateway.js';
import type { DraftState, DraftStatus } from './draft-states.js';

/** The older major that a draft takes the place of once it is active. */
export interface Replaces {
  topic: string;
  /** when its versions may be retired, RFC 3339 */
  sunset: string;
}

/** What its authors say of a draft. */
export interface DraftText {
  content: string;
  digest: string;
  note: string | null;
  replaces: Replaces | null;
}

export interface StoredDraft extends DraftText {
  topic: string;
  revision: number;
  state: DraftState;
  editedAt: Date;
  submittedAt: Date | null;
  sentBackReason: string | null;
}

interface Row extends DraftText {
  topic: string;
  revision: string;
  status: DraftStatus;
  editors: string[];
  edited_at: Date;
  submitted_by: string | null;
  submitted_at: Date | null;
  sent_back_by: string | null;
  sent_back_reason: string | null;
}

const COLUMNS = `topic, revision, status, content, digest, note, replaces, editors, edited_at, submitted_by,
  submitted_at, sent_back_by, sent_back_reason`;

export async function findDraft(client: Pool | PoolClient, topic: string): Promise<StoredDraft | undefined> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from contract_draft where topic = $1`, [topic]);
  return rows.map(toDraft)[0];
}

/** @returns the new revision: one that no draft ever had */
export async function saveDraft(
  client: PoolClient,
  draft: Omit<StoredDraft, 'revision'>,
): Promise<StoredDraft> {
  const { topic, content, digest, note, replaces, state } = draft;
  const { rows } = await client.query<Row>(
    `insert into contract_draft (${COLUMNS})
     values ($1, nextval('contract_draft_revision'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (topic) do update set
       revision = excluded.revision, status = excluded.status, content = excluded.content, digest = excluded.digest,
       note = excluded.note, replaces = excluded.replaces, editors = excluded.editors, edited_at = excluded.edited_at,
       submitted_by = excluded.submitted_by, submitted_at = excluded.submitted_at,
       sent_back_by = excluded.sent_back_by, sent_back_reason = excluded.sent_back_reason
     returning ${COLUMNS}`,
    [
      ...[topic, state.status, content, digest, note, replaces === null ? null : JSON.stringify(replaces)],
      ...[state.editors, draft.editedAt, state.submittedBy, draft.submittedAt],
      ...[state.sentBackBy, draft.sentBackReason],
    ],
  );
  return toDraft(rows[0]!);
}

export async function deleteDraft(client: PoolClient, topic: string): Promise<void> {
  await client.query('delete from contract_draft where topic = $1', [topic]);
}

/** How often a contract's draft was saved since a time. */
export async function savesSince(client: PoolClient, topic: string, since: Date): Promise<number> {
  const { rows } = await client.query<{ saves: number }>(
    `select count(*)::integer as saves from contract_history where topic = $1 and act = 'draft-saved' and at > $2`,
    [topic, since],
  );
  return rows[0]!.saves;
}

export function sameText(a: DraftText, b: DraftText): boolean {
  return (
    a.digest === b.digest &&
    a.note === b.note &&
    a.replaces?.topic === b.replaces?.topic &&
    a.replaces?.sunset === b.replaces?.sunset
  );
}

/** What a draft says, of which a content is a part. */
export function draftText(content: SchemaContent, note?: string, replaces?: Replaces): DraftText {
  return { content: content.json, digest: content.digest, note: note ?? null, replaces: replaces ?? null };
}

function toDraft(row: Row): StoredDraft {
  return {
    topic: row.topic,
    revision: Number(row.revision),
    ...{ content: row.content, digest: row.digest, note: row.note, replaces: row.replaces },
    state: {
      status: row.status,
      editors: row.editors,
      submittedBy: row.submitted_by,
      sentBackBy: row.sent_back_by,
    },
    editedAt: row.edited_at,
    submittedAt: row.submitted_at,
    sentBackReason: row.sent_back_reason,
  };
}
