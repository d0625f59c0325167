import { Outbox } from '#control';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contents, their versions under subjects, governance of topics, outbox. */
export class CreateSchemaRegistry1764000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence schema_id as integer cache 1;
      -- one row a content; never changed
      create table schema (
        id integer primary key,
        guid uuid not null constraint schema_guid_unique unique,
        sha256 text not null constraint schema_sha256_unique unique,
        text text not null,
        registered_at timestamptz not null
      );
      create table subject_version (
        subject text not null,
        version integer not null check (version > 0),
        schema_id integer not null references schema (id),
        registered_by text not null,
        registered_at timestamptz not null,
        primary key (subject, version),
        constraint subject_version_content_unique unique (subject, schema_id)
      );
      create index subject_version_schema on subject_version (schema_id);
      create table contract (
        topic text primary key,
        name text not null,
        major integer not null,
        owner text not null,
        titles jsonb not null,
        classification text not null check (classification in ('P0', 'P1', 'P2', 'P3')),
        purpose text not null,
        legal_basis text not null,
        deletion boolean not null,
        retention text,
        sla jsonb,
        partitions integer not null,
        created_at timestamptz not null,
        changed_at timestamptz not null,
        unique (name, major)
      );`);
    await runner.query(Outbox.TABLE_DDL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table outbox;
      drop table contract;
      drop table subject_version;
      drop table schema;
      drop sequence schema_id;`);
  }
}
