import type { ControlRecord } from '#control';
import type { AgreementEntity } from './agreement.entity.js';
import type { AgreementState, AgreementStatus, Approval } from './agreement-states.js';

interface Deed {
  by: string;
  at: string;
}

/** An agreement as the API shows it; times are RFC 3339 UTC. */
export interface AgreementView {
  id: string;
  consumer: string;
  topic: string;
  purpose: string;
  legalBasis: string;
  fields: string[] | null;
  quotaPerDay: number | null;
  notBefore: string;
  notAfter: string;
  status: AgreementStatus;
  requested: Deed;
  approvals: { publisher: Deed | null; steward: Deed | null };
  changedAt: string;
  version: number;
}

export function agreementView(row: AgreementEntity): AgreementView {
  const { id, consumer, topic, purpose, legalBasis, fields, quotaPerDay, status, version } = row;
  const { publisher, steward } = stateOf(row);
  return {
    id,
    consumer,
    topic,
    purpose,
    legalBasis,
    fields,
    quotaPerDay,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    status,
    requested: { by: row.requestedBy, at: row.requestedAt.toISOString() },
    approvals: { publisher: deed(publisher), steward: deed(steward) },
    changedAt: row.changedAt.toISOString(),
    version,
  };
}

export function agreementRecord(row: AgreementEntity): ControlRecord {
  const { requested: _r, changedAt: _c, version: _v, ...view } = agreementView(row);
  return {
    kind: 'agreement',
    ...view,
    approvals: { publisher: row.publisherApprovedBy, steward: row.stewardApprovedBy },
  };
}

export function stateOf(row: AgreementEntity): AgreementState {
  return {
    status: row.status,
    publisher: approval(row.publisherApprovedBy, row.publisherApprovedAt),
    steward: approval(row.stewardApprovedBy, row.stewardApprovedAt),
    suspendedBySide: row.suspendedBySide,
    notAfter: row.notAfter,
  };
}

/** Writes a decided state back into the row. */
export function applyState(row: AgreementEntity, state: AgreementState, at: Date): AgreementEntity {
  return Object.assign(row, {
    status: state.status,
    publisherApprovedBy: state.publisher?.by ?? null,
    publisherApprovedAt: state.publisher?.at ?? null,
    stewardApprovedBy: state.steward?.by ?? null,
    stewardApprovedAt: state.steward?.at ?? null,
    suspendedBySide: state.suspendedBySide,
    changedAt: at,
  });
}

function approval(by: string | null, at: Date | null): Approval | null {
  return by !== null && at !== null ? { by, at } : null;
}

function deed(approval: Approval | null): Deed | null {
  return approval && { by: approval.by, at: approval.at.toISOString() };
}
