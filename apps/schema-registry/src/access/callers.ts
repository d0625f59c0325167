import type { FastifyRequest } from 'fastify';
import { ROLES, type ControlState } from '#control';
import { WaslError } from '#protocol';
import type { Access } from '#service';
import type { ContractStore } from '../contracts/contract-store.js';
import type { AccountCallers } from './account-callers.js';
import { readCredentials } from './credentials.js';
import { MemberRights } from './member-rights.js';
import { anonymous, type CallerSource, type RegistryCaller } from './registry-access.js';
import { ALL_RIGHTS } from './rights.js';

const BASIC = 'Basic realm="schema-registry", charset="UTF-8"';
const BEARER = 'Bearer realm="schema-registry"';

const ANYTHING = anonymous(ALL_RIGHTS, ROLES);

/** Development: whoever asks may do anything. */
export const AUTHENTICATION_OFF: CallerSource = { challenge: BASIC, identify: () => ANYTHING };

/** Systems of the bus, by tokens of the directory or access statements; stewards administer the registry. */
export class BusCallers {
  constructor(
    private readonly access: Access,
    private readonly contracts: Pick<ContractStore, 'contract'>,
    private readonly directory: Pick<ControlState, 'isMemberWithin'>,
  ) {}

  async callerOf(token: string): Promise<RegistryCaller> {
    const caller = await this.access.verify(token);
    const rights = caller.roles.includes('steward')
      ? ALL_RIGHTS
      : new MemberRights(caller, this.contracts, this.directory);
    return { ...caller, rights };
  }
}

/** Callers of the bus, of the accounts file, of both or, when there is neither, none. */
export class Callers implements CallerSource {
  readonly challenge: string;

  constructor(
    private readonly bus: BusCallers | undefined,
    private readonly accounts: AccountCallers | undefined,
  ) {
    this.challenge = bus && !accounts ? BEARER : `${BASIC}, ${BEARER}`;
  }

  identify(request: FastifyRequest): RegistryCaller | Promise<RegistryCaller> {
    const credentials = readCredentials(request);
    // What the directory or a system signed has full stops in it, a token of an account has none.
    const isSigned = credentials.scheme === 'bearer' && credentials.token.includes('.');
    if (this.bus && (isSigned || (credentials.scheme === 'bearer' && !this.accounts)))
      return this.bus.callerOf(credentials.token);
    if (this.accounts && !isSigned) return this.accounts.callerOf(credentials, request.ip);
    throw new WaslError('not-authenticated', 'this registry knows nobody by credentials of this kind');
  }
}
