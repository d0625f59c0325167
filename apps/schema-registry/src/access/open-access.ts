import type { ControlState } from '#control';
import { Access, type Logger } from '#service';
import type { RegistryConfig } from '../config.js';
import type { ContractStore } from '../contracts/contract-store.js';
import { AUTHENTICATION_OFF, BusCallers, NO_CALLERS } from './callers.js';
import { type CallerSource, RegistryAccess } from './registry-access.js';

export interface AccessResources {
  config: RegistryConfig;
  contracts: ContractStore;
  /** What is known of the bus; absent when the registry runs alone. */
  view: ControlState | undefined;
  logger: Logger;
}

/** Who may do what, by the settings of this registry. */
export function openAccess(resources: AccessResources): RegistryAccess {
  const { config } = resources;
  return new RegistryAccess(callers(resources), {
    readsAreOpen: config.read === 'open',
    authenticationIsOff: !config.authentication,
  });
}

function callers({ config, contracts, view, logger }: AccessResources): CallerSource {
  if (!config.authentication) {
    logger.warn('REGISTRY_AUTH=off: anyone who reaches this address may change and delete anything');
    return AUTHENTICATION_OFF;
  }
  if (view) {
    const access = new Access({ view, issuer: config.tokenIssuer, audience: config.bus });
    return new BusCallers(access, contracts, view);
  }
  logger.warn('no accounts: schemas can be looked up, nobody can register any');
  return NO_CALLERS;
}
