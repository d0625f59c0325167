import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lies beside the ledger: manifests (erasable) and records that could not become entries. */
export class SideTables1790000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table manifest (
        idx bigint primary key,
        token bytea not null
      );
      alter table manifest alter column token set storage external;

      create table quarantine (
        id bigint generated always as identity primary key,
        topic text not null,
        partition integer not null,
        record_offset bigint not null,
        reason text not null,
        detail text not null,
        data bytea,
        manifest bytea,
        recorded_at timestamptz not null,
        quarantined_at timestamptz not null default now(),
        released_at timestamptz,
        unique (topic, partition, record_offset, reason)
      );
      create index quarantine_open on quarantine (reason, id) where released_at is null;
      create trigger quarantine_kept before delete or truncate on quarantine
        for each statement execute function refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table quarantine, manifest`);
  }
}
