import type { FastifyInstance } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RegistryAccess } from '../access/registry-access.js';
import { AssociationService } from '../associations/association.service.js';
import { AssociationStore } from '../associations/association-store.js';
import { Clock } from '../clock.js';
import { LifecycleHeaders } from '../contracts/lifecycle/lifecycle-headers.js';
import { CompatibilityCheck } from '../schemas/compatibility-check.js';
import { ContextService } from '../schemas/context.service.js';
import { DeletionService } from '../schemas/deletion.service.js';
import { LookUpService } from '../schemas/look-up.service.js';
import { RegistrationService } from '../schemas/registration.service.js';
import { SchemaCache } from '../schemas/schema-cache.js';
import { SchemaSearch } from '../schemas/schema-search.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { SettingService } from '../settings/setting.service.js';
import { SettingStore } from '../settings/setting-store.js';
import { AssociationCalls } from './association-calls.js';
import { associationBatchRoutes } from './association-batches.js';
import { associationRoutes } from './associations.js';
import { compatibilityRoutes } from './compatibility.js';
import { serve } from './route.js';
import { schemaListRoutes } from './schema-list.js';
import { schemaRoutes } from './schemas.js';
import { serverRoutes } from './server.js';
import { settingRoutes } from './settings.js';
import { subjectRoutes } from './subjects.js';

/** Serves the Confluent API: every route of it is in one of these tables. */
export function serveConfluent(
  fastify: FastifyInstance,
  app: NestFastifyApplication,
  { clusterId, version }: { clusterId: string; version: string },
): void {
  const access = app.get(RegistryAccess);
  const store = app.get(SchemaStore);
  const settings = app.get(SettingStore);
  const clock = app.get(Clock);
  const router = {
    access,
    resolveAlias: settings.resolveAlias.bind(settings),
    now: clock.now.bind(clock),
  };
  const associations = new AssociationCalls(
    app.get(AssociationStore),
    app.get(AssociationService),
    settings,
    access,
  );
  serve(fastify, router, [
    ...subjectRoutes({
      access,
      store,
      registration: app.get(RegistrationService),
      deletion: app.get(DeletionService),
      lookUps: app.get(LookUpService),
      endings: app.get(LifecycleHeaders),
    }),
    ...schemaListRoutes(app.get(SchemaSearch), access),
    ...schemaRoutes({ store, cache: app.get(SchemaCache), access }),
    ...compatibilityRoutes(app.get(CompatibilityCheck), access),
    ...settingRoutes(settings, app.get(SettingService), access),
    ...associationRoutes(associations),
    ...associationBatchRoutes(associations),
    ...serverRoutes({ access, store, contexts: app.get(ContextService), clusterId, version }),
  ]);
}
