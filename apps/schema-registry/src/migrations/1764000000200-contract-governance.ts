import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Governance in full: stewards, descriptions, classes of fields, legal basis in parts, languages, common types. */
export class ContractGovernance1764000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table contract
        add column kind text not null default 'topic' check (kind in ('topic', 'type')),
        add column stewards jsonb not null default '[]',
        add column description jsonb,
        add column fields jsonb,
        add column languages jsonb not null default '["fr", "ar", "en"]',
        add column revision integer not null default 1,
        alter column legal_basis type jsonb
          using jsonb_build_object('type', 'M', 'reference', legal_basis),
        alter column partitions drop not null,
        add constraint contract_partitions_of_topic check ((kind = 'type') = (partitions is null));`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from contract where kind = 'type';
      alter table contract
        drop constraint contract_partitions_of_topic,
        alter column partitions set not null,
        alter column legal_basis type text using legal_basis ->> 'reference',
        drop column revision,
        drop column languages,
        drop column fields,
        drop column description,
        drop column stewards,
        drop column kind;`);
  }
}
