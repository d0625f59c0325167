import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, VersionColumn } from 'typeorm';
import { SystemEntity } from '../systems/system.entity.js';
import type { AgreementStatus, Side } from './agreement-states.js';

/** What lets a consumer system receive a topic: who asked for what, why, on which basis, and who agreed. */
@Entity({ name: 'agreement' })
@Check('agreement_status_known', `status in ('requested', 'approved', 'suspended', 'revoked', 'expired')`)
@Check('agreement_purpose_said', `length(trim(purpose)) > 0 and length(trim(legal_basis)) > 0`)
@Check('agreement_period_ordered', `not_before < not_after`)
@Check('agreement_four_eyes', `publisher_approved_by <> steward_approved_by`)
@Index('agreement_by_consumer_topic', ['consumer', 'topic'])
export class AgreementEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'agreement_pkey' })
  id!: string;

  @ForeignKey(() => SystemEntity, { name: 'agreement_consumer_fkey' })
  @Column({ type: 'text' })
  consumer!: string;

  @Index('agreement_by_topic')
  @Column({ type: 'text' })
  topic!: string;

  @Column({ type: 'text' })
  purpose!: string;

  @Column({ type: 'text', name: 'legal_basis' })
  legalBasis!: string;

  @Column({ type: 'text', array: true, nullable: true })
  fields!: string[] | null;

  @Column({ type: 'integer', name: 'quota_per_day', nullable: true })
  quotaPerDay!: number | null;

  @Column({ type: 'timestamptz', name: 'not_before' })
  notBefore!: Date;

  @Index('agreement_by_end')
  @Column({ type: 'timestamptz', name: 'not_after' })
  notAfter!: Date;

  @Column({ type: 'text' })
  status!: AgreementStatus;

  @Column({ type: 'text', name: 'requested_by' })
  requestedBy!: string;

  @Column({ type: 'timestamptz', name: 'requested_at' })
  requestedAt!: Date;

  @Column({ type: 'text', name: 'publisher_approved_by', nullable: true })
  publisherApprovedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'publisher_approved_at', nullable: true })
  publisherApprovedAt!: Date | null;

  @Column({ type: 'text', name: 'steward_approved_by', nullable: true })
  stewardApprovedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'steward_approved_at', nullable: true })
  stewardApprovedAt!: Date | null;

  /** The side that suspended it: the other one can't resume it. */
  @Column({ type: 'text', name: 'suspended_by_side', nullable: true })
  suspendedBySide!: Side | null;

  @Column({ type: 'timestamptz', name: 'changed_at' })
  changedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
