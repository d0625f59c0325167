import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contexts, references, metadata and rules of contents, soft deletion, configuration and modes. */
export class ContextsAndSettings1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table context (
        name text collate "C" primary key,
        -- ids are unique within a context, so each has a sequence of its own
        sequence text not null,
        created_at timestamptz not null
      );
      insert into context (name, sequence, created_at) values ('.', 'schema_id', now());

      alter table subject_version
        drop constraint subject_version_schema_id_fkey,
        drop constraint subject_version_content_unique,
        drop constraint subject_version_pkey,
        alter column subject type text collate "C",
        add column context text collate "C" not null default '.',
        add column deleted boolean not null default false;
      alter table schema
        drop constraint schema_pkey,
        drop constraint schema_guid_unique,
        drop constraint schema_sha256_unique,
        add column context text collate "C" not null default '.',
        -- JSON texts, since jsonb takes no U+0000 and reorders members
        add column refs text not null default '[]',
        add column metadata text,
        add column rule_set text,
        -- another id of a content that has one: only what is imported has two
        add column second_id boolean not null default false;
      alter table schema
        alter column context drop default,
        add constraint schema_pkey primary key (context, id);
      create unique index schema_guid_unique on schema (guid, context) where not second_id;
      create index schema_second_guid on schema (guid) where second_id;
      drop index subject_version_schema;
      alter table subject_version
        alter column context drop default,
        add constraint subject_version_pkey primary key (context, subject, version),
        add constraint subject_version_schema_fkey foreign key (context, schema_id) references schema (context, id);
      create index subject_version_schema on subject_version (context, schema_id);

      create table schema_reference (
        context text collate "C" not null,
        schema_id integer not null,
        target_context text collate "C" not null,
        target_subject text collate "C" not null,
        target_version integer not null,
        primary key (context, schema_id, target_context, target_subject, target_version),
        foreign key (context, schema_id) references schema (context, id) on delete cascade
      );
      create index schema_reference_target on schema_reference (target_context, target_subject, target_version);

      create table setting (
        -- qualified name of a subject or a context; empty for the default context
        name text collate "C" primary key,
        config jsonb,
        mode text
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table setting;
      drop table schema_reference;
      drop index subject_version_schema;
      -- what the older tables can't hold goes: other contexts, soft-deleted versions, second versions of a content
      delete from subject_version where context <> '.' or deleted;
      delete from subject_version v using subject_version w
        where w.subject = v.subject and w.schema_id = v.schema_id and w.version < v.version;
      alter table subject_version
        drop constraint subject_version_schema_fkey,
        drop constraint subject_version_pkey,
        drop column context,
        drop column deleted,
        alter column subject type text;
      drop index schema_guid_unique;
      drop index schema_second_guid;
      update subject_version v set schema_id = first.id
        from schema second join schema first on first.guid = second.guid and not first.second_id
       where second.id = v.schema_id and second.second_id;
      delete from schema where context <> '.' or second_id;
      alter table schema
        drop constraint schema_pkey,
        drop column second_id,
        drop column context,
        drop column refs,
        drop column metadata,
        drop column rule_set;
      alter table schema
        add constraint schema_pkey primary key (id),
        add constraint schema_guid_unique unique (guid),
        add constraint schema_sha256_unique unique (sha256);
      alter table subject_version
        add constraint subject_version_pkey primary key (subject, version),
        add constraint subject_version_content_unique unique (subject, schema_id),
        add constraint subject_version_schema_id_fkey foreign key (schema_id) references schema (id);
      create index subject_version_schema on subject_version (schema_id);
      drop table context;`);
  }
}
