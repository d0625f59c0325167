import type { Jwk, SignatureAlgorithm } from '#protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Private key that signs access tokens; shared by all instances through the database. */
@Entity({ name: 'token_key' })
export class TokenKeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'token_key_pkey' })
  kid!: string;

  @Column({ type: 'text' })
  alg!: SignatureAlgorithm;

  @Column({ type: 'jsonb' })
  jwk!: Jwk;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
