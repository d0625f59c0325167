import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of contracts that end, as the running task of a connector has met them. */
export class ConnectorDeprecations1799000000000 implements MigrationInterface {
  readonly name = 'ConnectorDeprecations1799000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table lease add column deprecations jsonb not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table lease drop column deprecations');
  }
}
