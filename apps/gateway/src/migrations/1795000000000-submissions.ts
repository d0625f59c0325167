import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids of messages and acknowledgements with the receipts they got. */
export class Submissions1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table submission (
        sender text not null,
        message_id uuid not null,
        manifest text not null,
        evidence text not null,
        batch_id uuid not null,
        accepted_at timestamptz not null,
        primary key (sender, message_id)
      )`);
    // Rows arrive in order of time, so a block range index finds the old ones at next to no cost per insert.
    await runner.query(`create index submission_accepted_at on submission using brin (accepted_at)`);
    await runner.query(`
      create table batch (
        batch_id uuid primary key,
        produced_at timestamptz not null default now()
      )`);
    await runner.query(`create index batch_produced_at on batch using brin (produced_at)`);
    await runner.query(`
      create table acknowledgement (
        consumer text not null,
        acknowledgement_id uuid not null,
        acknowledgement text not null,
        evidence text not null,
        produced boolean not null default false,
        accepted_at timestamptz not null,
        primary key (consumer, acknowledgement_id)
      )`);
    await runner.query(
      `create index acknowledgement_accepted_at on acknowledgement using brin (accepted_at)`,
    );
    await runner.query(`
      create table delivery (
        agreement text not null,
        day date not null,
        messages bigint not null,
        primary key (agreement, day)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table delivery`);
    await runner.query(`drop table acknowledgement`);
    await runner.query(`drop table batch`);
    await runner.query(`drop table submission`);
  }
}
