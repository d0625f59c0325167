import type { FastifyRequest } from 'fastify';
import { ROLES, type ControlState } from '#control';
import { WaslError } from '#protocol';
import type { Access, Caller } from '#service';
import type { ContractStore } from '../contracts/contract-store.js';
import { MemberRights } from './member-rights.js';
import { anonymous, type CallerSource, type RegistryCaller } from './registry-access.js';
import { ALL_RIGHTS } from './rights.js';

export const BASIC_CHALLENGE = 'Basic realm="schema-registry", charset="UTF-8"';

const ANYTHING = anonymous(ALL_RIGHTS, ROLES);

/** Development: whoever asks may do anything. */
export const AUTHENTICATION_OFF: CallerSource = { challenge: BASIC_CHALLENGE, identify: () => ANYTHING };

/** Neither a bus nor accounts: there is nobody to know. */
export const NO_CALLERS: CallerSource = {
  challenge: BASIC_CHALLENGE,
  identify: () => {
    throw new WaslError('not-authenticated', 'this registry knows no accounts: it can only be read');
  },
};

/** Systems of the bus, by tokens of the directory or access statements; stewards administer the registry. */
export class BusCallers implements CallerSource {
  readonly challenge = 'Bearer';

  constructor(
    private readonly access: Access,
    private readonly contracts: ContractStore,
    private readonly directory: ControlState,
  ) {}

  async identify(request: FastifyRequest): Promise<RegistryCaller> {
    const caller = await this.access.authenticate(request);
    return { ...caller, rights: this.rightsOf(caller) };
  }

  private rightsOf(caller: Caller) {
    return caller.roles.includes('steward')
      ? ALL_RIGHTS
      : new MemberRights(caller, this.contracts, this.directory);
  }
}
