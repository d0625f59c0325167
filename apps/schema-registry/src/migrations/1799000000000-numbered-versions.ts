import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What finds a content among the versions of a subject without reading all of them. */
export class NumberedVersions1799000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- whether the metadata holds the version's number; null: an instance of an older release wrote it
      alter table subject_version add column carries_number boolean;
      update subject_version v set carries_number = coalesce(s.metadata like '%"confluent:version"%', false)
        from schema s where s.context = v.context and s.id = v.schema_id;
      create index subject_version_numbered on subject_version (context, subject)
        where carries_number is not false;
      drop index subject_version_schema;
      create index subject_version_schema on subject_version (context, schema_id, subject);
      create index schema_referring_text on schema (context, hashtextextended(text, 0)) where refs <> '[]';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index schema_referring_text;
      drop index subject_version_schema;
      create index subject_version_schema on subject_version (context, schema_id);
      drop index subject_version_numbered;
      alter table subject_version drop column carries_number;`);
  }
}
