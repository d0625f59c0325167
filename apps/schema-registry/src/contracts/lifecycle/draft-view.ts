import type { Replaces, StoredDraft } from './draft-store.js';
import type { DraftStatus } from './draft-states.js';

/** A draft as its authors and reviewers see it. */
export interface DraftView extends Record<string, unknown> {
  topic: string;
  revision: number;
  status: DraftStatus;
  /** base64url SHA-256 of the content: what evidence of its review names */
  digest: string;
  schema: string;
  note?: string;
  replaces?: Replaces;
  editors: readonly string[];
  editedAt: string;
  submittedBy?: string;
  submittedAt?: string;
  sentBackBy?: string;
  sentBackReason?: string;
}

export function draftView(draft: StoredDraft): DraftView {
  const { topic, revision, digest, note, replaces, state, submittedAt, sentBackReason } = draft;
  const content = JSON.parse(draft.content) as { schema: string };
  return {
    ...{ topic, revision, status: state.status, digest, ...content },
    ...(note !== null && { note }),
    ...(replaces && { replaces }),
    ...{ editors: state.editors, editedAt: draft.editedAt.toISOString() },
    ...(state.submittedBy !== null && { submittedBy: state.submittedBy }),
    ...(submittedAt && { submittedAt: submittedAt.toISOString() }),
    ...(state.sentBackBy !== null && { sentBackBy: state.sentBackBy }),
    ...(sentBackReason !== null && { sentBackReason }),
  };
}
