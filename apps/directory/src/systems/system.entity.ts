import type { Role } from '#control';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, VersionColumn } from 'typeorm';
import { MemberEntity, type ActivityStatus } from '../members/member.entity.js';
import type { Names } from '../requests/names.js';

/** A member's application: holds keys, gets tokens, is a party of agreements. */
@Entity({ name: 'system' })
@Check('system_status_known', `status in ('active', 'suspended')`)
@Check('system_roles_known', `roles <@ array['publisher', 'consumer', 'auditor', 'steward']`)
export class SystemEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'system_pkey' })
  id!: string;

  @Index('system_by_member')
  @ForeignKey(() => MemberEntity, { name: 'system_member_fkey' })
  @Column({ type: 'text' })
  member!: string;

  @Column({ type: 'jsonb' })
  names!: Names;

  @Column({ type: 'text', array: true })
  roles!: Role[];

  @Column({ type: 'text' })
  status!: ActivityStatus;

  @VersionColumn({ type: 'integer' })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
