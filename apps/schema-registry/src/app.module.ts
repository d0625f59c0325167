import { Module, type DynamicModule } from '@nestjs/common';
import { Pool } from 'pg';
import { SchemaWorkers } from '#contracts';
import { type ControlState, ControlView } from '#control';
import { AccessModule, type Logger } from '#service';
import { RegistrationRights } from './access/registration-rights.js';
import { RegistryAccess } from './access/registry-access.js';
import { AssociationService } from './associations/association.service.js';
import { AssociationStore } from './associations/association-store.js';
import { Clock } from './clock.js';
import { ContractStore } from './contracts/contract-store.js';
import { ContractsController } from './contracts/contracts.controller.js';
import { ContractsService } from './contracts/contracts.service.js';
import { LIFECYCLE_CONTROLLERS, LIFECYCLE_PROVIDERS } from './contracts/providers.js';
import { ExportService } from './exports/export.service.js';
import { ExportsController, PublicAddresses } from './exports/exports.controller.js';
import { LintService } from './exports/lint.service.js';
import { CompatibilityCheck } from './schemas/compatibility-check.js';
import { CompatibilityService, QuestionWorkers } from './schemas/compatibility.service.js';
import { ContextService } from './schemas/context.service.js';
import { DeletionService } from './schemas/deletion.service.js';
import { KnownContents } from './schemas/known-contents.js';
import { LookUpService } from './schemas/look-up.service.js';
import { ReferenceResolver } from './schemas/references.js';
import { RegistrationService } from './schemas/registration.service.js';
import { SchemaCache } from './schemas/schema-cache.js';
import { SchemaCheck } from './schemas/schema-check.js';
import { SchemaSearch } from './schemas/schema-search.js';
import { SchemaStore } from './schemas/schema-store.js';
import { VersionAnnouncer } from './schemas/version-announcer.js';
import { SettingService } from './settings/setting.service.js';
import { SettingStore } from './settings/setting-store.js';
import { type Announcements, Transactions } from './transactions.js';

/** What `start` opened and the module uses. */
export interface Resources {
  pool: Pool;
  /** Absent: nothing is announced to a bus. */
  announcements: Announcements | undefined;
  logger: Logger;
  /** What is known of the directory. */
  directory: ControlState;
  store: SchemaStore;
  cache: SchemaCache;
  workers: SchemaWorkers;
  questions: QuestionWorkers;
  contracts: ContractStore;
  access: RegistryAccess;
  addresses: PublicAddresses;
}

@Module({})
export class AppModule {
  static with({
    pool,
    announcements,
    logger,
    directory,
    store,
    cache,
    workers,
    questions,
    contracts,
    access,
    addresses,
  }: Resources): DynamicModule {
    return {
      module: AppModule,
      imports: [AccessModule.using(access)],
      controllers: [ContractsController, ExportsController, ...LIFECYCLE_CONTROLLERS],
      providers: [
        { provide: ControlView, useValue: directory },
        { provide: RegistryAccess, useValue: access },
        { provide: Pool, useValue: pool },
        { provide: SchemaStore, useValue: store },
        { provide: SchemaCache, useValue: cache },
        { provide: SchemaWorkers, useValue: workers },
        { provide: QuestionWorkers, useValue: questions },
        { provide: ContractStore, useValue: contracts },
        { provide: Transactions, useValue: new Transactions(pool, announcements, logger) },
        Clock,
        SettingStore,
        SettingService,
        ReferenceResolver,
        SchemaCheck,
        VersionAnnouncer,
        CompatibilityService,
        CompatibilityCheck,
        KnownContents,
        RegistrationService,
        LookUpService,
        SchemaSearch,
        DeletionService,
        ContextService,
        AssociationStore,
        AssociationService,
        RegistrationRights,
        ContractsService,
        { provide: PublicAddresses, useValue: addresses },
        ExportService,
        LintService,
        ...LIFECYCLE_PROVIDERS,
      ],
    };
  }
}
