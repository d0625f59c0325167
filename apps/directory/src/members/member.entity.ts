import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, VersionColumn } from 'typeorm';
import type { Names } from '../requests/names.js';

export type ActivityStatus = 'active' | 'suspended';

/** An administration; `parent` makes the tree. */
@Entity({ name: 'member' })
@Check('member_status_known', `status in ('active', 'suspended')`)
@Check('member_not_its_own_parent', `parent <> id`)
export class MemberEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'member_pkey' })
  id!: string;

  @Index('member_by_parent')
  @ForeignKey(() => MemberEntity, { name: 'member_parent_fkey' })
  @Column({ type: 'text', nullable: true })
  parent!: string | null;

  @Column({ type: 'jsonb' })
  names!: Names;

  @Column({ type: 'text' })
  status!: ActivityStatus;

  @VersionColumn({ type: 'integer' })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
