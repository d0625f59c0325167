import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Drafts, states of versions, who did what, and who used what. */
export class ContractLifecycle1797000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- a revision is never given twice, so that it names one content for ever
      create sequence contract_draft_revision as bigint;
      -- apart from the schemas: what is no version yet can't be looked up as one
      create table contract_draft (
        topic text primary key references contract (topic) on delete cascade,
        revision bigint not null,
        status text not null check (status in ('draft', 'in-review')),
        content text not null,
        digest text not null,
        note text,
        replaces jsonb,
        editors text[] not null,
        edited_at timestamptz not null,
        submitted_by text,
        submitted_at timestamptz,
        sent_back_by text,
        sent_back_reason text,
        check ((status = 'in-review') = (submitted_by is not null))
      );
      -- a version without a row is active
      create table contract_version_state (
        topic text not null references contract (topic) on delete cascade,
        version integer not null check (version > 0),
        revision integer not null default 1,
        status text not null check (status in ('active', 'deprecated', 'retired')),
        since timestamptz not null,
        sunset timestamptz,
        successor jsonb,
        draft_revision bigint,
        submitted_by text,
        submitted_at timestamptz,
        approved_by text,
        approved_at timestamptz,
        primary key (topic, version)
      );
      create index contract_version_state_by_draft on contract_version_state (topic, draft_revision);
      create table contract_history (
        id bigserial primary key,
        topic text not null references contract (topic) on delete cascade,
        version integer,
        act text not null,
        by text not null,
        at timestamptz not null,
        details jsonb not null
      );
      create index contract_history_by_topic on contract_history (topic, id);
      create table contract_use (
        topic text not null,
        version integer not null,
        system text not null,
        way text not null check (way in ('publish', 'consume')),
        last_used_day date not null,
        messages bigint not null,
        primary key (topic, system, way, version)
      );
      create table contract_use_position (
        partition integer primary key,
        next_offset bigint not null
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table contract_use_position;
      drop table contract_use;
      drop table contract_history;
      drop table contract_version_state;
      drop table contract_draft;
      drop sequence contract_draft_revision;`);
  }
}
