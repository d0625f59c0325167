import { Outbox } from '#control';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDirectory1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table member (
        id text constraint member_pkey primary key,
        parent text constraint member_parent_fkey references member (id),
        names jsonb not null,
        status text not null,
        version integer not null,
        created_at timestamptz not null,
        constraint member_status_known check (status in ('active', 'suspended')),
        constraint member_not_its_own_parent check (parent <> id))`);
    await runner.query(`create index member_by_parent on member (parent)`);
    await runner.query(`
      create table system (
        id text constraint system_pkey primary key,
        member text not null constraint system_member_fkey references member (id),
        names jsonb not null,
        roles text[] not null,
        status text not null,
        version integer not null,
        created_at timestamptz not null,
        constraint system_status_known check (status in ('active', 'suspended')),
        constraint system_roles_known check (roles <@ array['publisher', 'consumer', 'auditor', 'steward']))`);
    await runner.query(`create index system_by_member on system (member)`);
    await runner.query(`
      create table signing_key (
        kid text constraint signing_key_pkey primary key,
        system text not null constraint signing_key_system_fkey references system (id),
        alg text not null,
        jwk jsonb not null,
        status text not null,
        not_before timestamptz not null,
        not_after timestamptz,
        changed_at timestamptz not null,
        version integer not null,
        constraint signing_key_status_known check (status in ('pending', 'active', 'retired', 'compromised')),
        constraint signing_key_alg_known check (alg in ('Ed25519', 'ES256')),
        constraint signing_key_is_public check (not (jwk ? 'd')))`);
    await runner.query(`create index signing_key_by_system on signing_key (system)`);
    await runner.query(`
      create table agreement (
        id uuid constraint agreement_pkey primary key,
        consumer text not null constraint agreement_consumer_fkey references system (id),
        topic text not null,
        purpose text not null,
        legal_basis text not null,
        fields text[],
        quota_per_day integer,
        not_before timestamptz not null,
        not_after timestamptz not null,
        status text not null,
        requested_by text not null,
        requested_at timestamptz not null,
        publisher_approved_by text,
        publisher_approved_at timestamptz,
        steward_approved_by text,
        steward_approved_at timestamptz,
        suspended_by_side text,
        changed_at timestamptz not null,
        version integer not null,
        constraint agreement_status_known
          check (status in ('requested', 'approved', 'suspended', 'revoked', 'expired')),
        constraint agreement_purpose_said check (length(trim(purpose)) > 0 and length(trim(legal_basis)) > 0),
        constraint agreement_period_ordered check (not_before < not_after),
        constraint agreement_four_eyes check (publisher_approved_by <> steward_approved_by))`);
    await runner.query(`create index agreement_by_consumer_topic on agreement (consumer, topic)`);
    await runner.query(`create index agreement_by_topic on agreement (topic)`);
    await runner.query(`create index agreement_by_end on agreement (not_after)`);
    await runner.query(`
      create table token_key (
        kid text constraint token_key_pkey primary key,
        alg text not null,
        jwk jsonb not null,
        created_at timestamptz not null)`);
    await runner.query(`
      create table used_assertion (
        issuer text,
        id text,
        expires_at timestamptz not null,
        constraint used_assertion_pkey primary key (issuer, id))`);
    await runner.query(`create index used_assertion_by_expiry on used_assertion (expires_at)`);
    await runner.query(Outbox.TABLE_DDL);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'outbox',
      'used_assertion',
      'token_key',
      'agreement',
      'signing_key',
      'system',
      'member',
    ]) {
      await runner.query(`drop table ${table}`);
    }
  }
}
