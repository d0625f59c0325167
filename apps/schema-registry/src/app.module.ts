import { Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { ControlView, Outbox } from '#control';
import { AccessModule, EvidenceSigner } from '#service';
import { Clock } from './clock.js';
import type { RegistryConfig } from './config.js';
import { RootController } from './confluent/root.controller.js';
import { SchemasController } from './confluent/schemas.controller.js';
import { SubjectsController } from './confluent/subjects.controller.js';
import { ContractStore } from './contracts/contract-store.js';
import { ContractsController } from './contracts/contracts.controller.js';
import { ContractsService } from './contracts/contracts.service.js';
import { RegistrationRights } from './contracts/registration-rights.js';
import { RegistrationService } from './schemas/registration.service.js';
import { SchemaStore } from './schemas/schema-store.js';
import { Transactions } from './transactions.js';

/** What `start` opened and the module uses. */
export interface Resources {
  config: RegistryConfig;
  pool: Pool;
  outbox: Outbox;
  view: ControlView;
  signer: EvidenceSigner;
}

@Module({})
export class AppModule {
  static with({ config, pool, outbox, view, signer }: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [AccessModule.forRoot({ view, issuer: config.tokenIssuer, audience: config.bus })],
      controllers: [RootController, SchemasController, SubjectsController, ContractsController],
      providers: [
        { provide: ControlView, useValue: view },
        { provide: SchemaStore, useValue: new SchemaStore(pool, config.cacheMebibytes << 20) },
        { provide: ContractStore, useValue: new ContractStore(pool) },
        { provide: Transactions, useValue: new Transactions(pool, outbox, signer) },
        Clock,
        RegistrationService,
        RegistrationRights,
        ContractsService,
      ],
    };
  }
}
