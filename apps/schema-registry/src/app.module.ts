import { Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { type ControlState, ControlView } from '#control';
import { AccessModule } from '#service';
import { RegistrationRights } from './access/registration-rights.js';
import { RegistryAccess } from './access/registry-access.js';
import { Clock } from './clock.js';
import type { RegistryConfig } from './config.js';
import { RootController } from './confluent/root.controller.js';
import { SchemasController } from './confluent/schemas.controller.js';
import { SubjectsController } from './confluent/subjects.controller.js';
import { ContractStore } from './contracts/contract-store.js';
import { ContractsController } from './contracts/contracts.controller.js';
import { ContractsService } from './contracts/contracts.service.js';
import { RegistrationService } from './schemas/registration.service.js';
import { SchemaStore } from './schemas/schema-store.js';
import { type Announcements, Transactions } from './transactions.js';

/** What `start` opened and the module uses. */
export interface Resources {
  config: RegistryConfig;
  pool: Pool;
  /** Absent: nothing is announced to a bus. */
  announcements: Announcements | undefined;
  /** What is known of the directory. */
  directory: ControlState;
  contracts: ContractStore;
  access: RegistryAccess;
}

@Module({})
export class AppModule {
  static with({ config, pool, announcements, directory, contracts, access }: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [AccessModule.using(access)],
      controllers: [RootController, SchemasController, SubjectsController, ContractsController],
      providers: [
        { provide: ControlView, useValue: directory },
        { provide: RegistryAccess, useValue: access },
        { provide: SchemaStore, useValue: new SchemaStore(pool, config.cacheMebibytes << 20) },
        { provide: ContractStore, useValue: contracts },
        { provide: Transactions, useValue: new Transactions(pool, announcements) },
        Clock,
        RegistrationService,
        RegistrationRights,
        ContractsService,
      ],
    };
  }
}
