import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client assertion that was already used: kept until it would be refused as expired anyway. */
@Entity({ name: 'used_assertion' })
export class UsedAssertionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'used_assertion_pkey' })
  issuer!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'used_assertion_pkey' })
  id!: string;

  @Index('used_assertion_by_expiry')
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
