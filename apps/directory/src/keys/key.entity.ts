import type { Jwk, SignatureAlgorithm } from '#protocol';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, VersionColumn } from 'typeorm';
import { SystemEntity } from '../systems/system.entity.js';
import type { KeyStatus } from './key-states.js';

/** A system's public signing key. The kid is its RFC 7638 thumbprint, so one key can't have two owners. */
@Entity({ name: 'signing_key' })
@Check('signing_key_status_known', `status in ('pending', 'active', 'retired', 'compromised')`)
@Check('signing_key_alg_known', `alg in ('Ed25519', 'ES256')`)
@Check('signing_key_is_public', `not (jwk ? 'd')`)
export class KeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_key_pkey' })
  kid!: string;

  @Index('signing_key_by_system')
  @ForeignKey(() => SystemEntity, { name: 'signing_key_system_fkey' })
  @Column({ type: 'text' })
  system!: string;

  @Column({ type: 'text' })
  alg!: SignatureAlgorithm;

  @Column({ type: 'jsonb' })
  jwk!: Jwk;

  @Column({ type: 'text' })
  status!: KeyStatus;

  @Column({ type: 'timestamptz', name: 'not_before' })
  notBefore!: Date;

  /** End of the window; retirement and compromise bring it forward. */
  @Column({ type: 'timestamptz', name: 'not_after', nullable: true })
  notAfter!: Date | null;

  @Column({ type: 'timestamptz', name: 'changed_at' })
  changedAt!: Date;

  @VersionColumn({ type: 'integer' })
  version!: number;
}
