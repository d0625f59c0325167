import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which subjects say what the keys and values of which topics look like. */
export class Associations1798000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table association (
        guid uuid primary key,
        context text collate "C" not null,
        subject text collate "C" not null,
        resource_type text collate "C" not null,
        resource_namespace text collate "C" not null,
        resource_name text collate "C" not null,
        resource_id text collate "C" not null,
        type text collate "C" not null,
        lifecycle text not null,
        frozen boolean not null,
        changed_by text not null,
        changed_at timestamptz not null,
        constraint association_name_unique unique (resource_name, resource_namespace, resource_type, type),
        constraint association_id_unique unique (resource_id, resource_type, type),
        constraint association_frozen_strong check (lifecycle = 'STRONG' or lifecycle = 'WEAK' and not frozen)
      );
      create index association_subject on association (context, subject);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table association');
  }
}
