import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Outbox } from '#control';

export class ConnectorTables1795400000000 implements MigrationInterface {
  readonly name = 'ConnectorTables1795400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table connector (
      name text primary key,
      system text not null,
      type text not null check (type in ('source', 'sink')),
      config jsonb not null,
      target_state text not null check (target_state in ('RUNNING', 'PAUSED', 'STOPPED')),
      -- grows with every change that a running task has to notice
      generation bigint not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now())`);
    // Outlives the connector: a connector made anew under its old name repeats no message under another salt.
    await runner.query(`create table identity (
      system text not null,
      connector text not null,
      salt_secret bytea not null,
      primary key (system, connector))`);
    await runner.query(`create sequence lease_epoch`);
    await runner.query(`create table lease (
      connector text primary key references connector (name) on delete cascade,
      worker text not null,
      epoch bigint not null,
      expires_at timestamptz not null,
      state text not null check (state in ('RUNNING', 'PAUSED', 'FAILED')),
      trace text)`);
    await runner.query(`create table worker (id text primary key, expires_at timestamptz not null)`);
    await runner.query(`create table source_offset (
      system text not null,
      connector text not null,
      position jsonb not null,
      updated_at timestamptz not null default now(),
      primary key (system, connector))`);
    await runner.query(`create table receipt (
      message_id uuid primary key,
      sequence bigint generated always as identity,
      system text not null,
      connector text not null,
      key text,
      receipt text not null,
      created_at timestamptz not null default now())`);
    await runner.query(`create index receipt_by_connector on receipt (connector, sequence)`);
    await runner.query(`create table dead_letter (
      sequence bigint generated always as identity primary key,
      system text not null,
      connector text not null,
      message_id text not null,
      position text not null,
      key text,
      stage text not null,
      code text not null,
      reasons jsonb not null,
      evidence text,
      created_at timestamptz not null default now(),
      unique (connector, message_id, position))`);
    await runner.query(`create index dead_letter_by_connector on dead_letter (connector, sequence)`);
    await runner.query(Outbox.TABLE_DDL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table outbox, dead_letter, receipt, source_offset, worker, lease, identity, connector',
    );
    await runner.query('drop sequence lease_epoch');
  }
}
