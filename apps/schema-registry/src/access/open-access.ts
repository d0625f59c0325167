import type { ControlState } from '#control';
import { Access, type Logger } from '#service';
import type { RegistryConfig } from '../config.js';
import type { ContractStore } from '../contracts/contract-store.js';
import { AccountCallers } from './account-callers.js';
import { Accounts } from './accounts.js';
import { AUTHENTICATION_OFF, BusCallers, Callers } from './callers.js';
import { type CallerSource, RegistryAccess } from './registry-access.js';

export interface AccessResources {
  config: RegistryConfig;
  contracts: ContractStore;
  /** What is known of the bus; absent when the registry runs alone. */
  view: ControlState | undefined;
  logger: Logger;
  /** Takes what has to be closed again. */
  opened: (() => unknown)[];
}

/**
 * Who may do what, by the settings of this registry.
 * @throws ConfigError for an accounts file that cannot be used
 */
export function openAccess(resources: AccessResources): RegistryAccess {
  const { config } = resources;
  return new RegistryAccess(openCallers(resources), {
    readsAreOpen: config.read === 'open',
    authenticationIsOff: !config.authentication,
  });
}

function openCallers({ config, contracts, view, logger, opened }: AccessResources): CallerSource {
  if (!config.authentication) {
    logger.warn('REGISTRY_AUTH=off: anyone who reaches this address may change and delete anything');
    return AUTHENTICATION_OFF;
  }
  const { tokenIssuer: issuer, bus: audience, accountsFile } = config;
  const accounts = accountsFile === undefined ? undefined : new Accounts(accountsFile, logger);
  if (accounts) opened.push(() => accounts.close());
  if (!view && !accounts) logger.warn('no REGISTRY_ACCOUNTS_FILE: nobody can register schemas');
  return new Callers(
    view && new BusCallers(new Access({ view, issuer, audience }), contracts, view),
    accounts && new AccountCallers(accounts),
  );
}
