import type { DataSourceOptions } from 'typeorm';
import { AgreementEntity } from './agreements/agreement.entity.js';
import { KeyEntity } from './keys/key.entity.js';
import { MemberEntity } from './members/member.entity.js';
import { CreateDirectory1764000000000 } from './migrations/1764000000000-create-directory.js';
import { SystemEntity } from './systems/system.entity.js';
import { TokenKeyEntity } from './tokens/token-key.entity.js';
import { UsedAssertionEntity } from './tokens/used-assertion.entity.js';

export const SCHEMA = 'directory';
export const MIGRATIONS = [CreateDirectory1764000000000];

/** TypeORM's view of the schema: for the service, and for the check that entities and migrations agree. */
export function dataSourceOptions(databaseUrl: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    schema: SCHEMA,
    entities: [MemberEntity, SystemEntity, KeyEntity, AgreementEntity, TokenKeyEntity, UsedAssertionEntity],
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    synchronize: false,
    applicationName: 'wasl-directory',
    poolSize: 10,
    connectTimeoutMS: 5_000,
    extra: { options: `-c search_path=${SCHEMA} -c statement_timeout=30000` },
  };
}
