import { ActivationService } from './lifecycle/activation.service.js';
import { ContractAccess } from './lifecycle/contract-access.js';
import { ContractTransactions } from './lifecycle/contract-transactions.js';
import { DraftsController } from './lifecycle/drafts.controller.js';
import { DraftsService } from './lifecycle/drafts.service.js';
import { LifecycleHeaders } from './lifecycle/lifecycle-headers.js';
import { VersionsController } from './lifecycle/versions.controller.js';
import { VersionsService } from './lifecycle/versions.service.js';
import { ChangeCheck } from './plan/change-check.js';
import { Consumers } from './plan/consumers.js';
import { Planner } from './plan/planner.js';
import { SchemaGateway } from './schema-gateway.js';

/** The life of contracts; what it takes from elsewhere are stores, transactions, rights and the view. */
export const LIFECYCLE_CONTROLLERS = [DraftsController, VersionsController];
export const LIFECYCLE_PROVIDERS = [
  ActivationService,
  ChangeCheck,
  Consumers,
  ContractAccess,
  ContractTransactions,
  DraftsService,
  LifecycleHeaders,
  Planner,
  SchemaGateway,
  VersionsService,
];
