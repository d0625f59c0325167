import type { FastifyRequest } from 'fastify';
import type { Role } from '#control';
import { WaslError } from '#protocol';
import { Authenticator, type Caller, requireRole } from '#service';
import { qualifiedName, type QualifiedSubject } from '../schemas/qualified-subject.js';
import type { Readable } from '../schemas/readable.js';
import { READER_RIGHTS, type RegistryAction, type Rights } from './rights.js';

/** What a route needs. */
export interface Need {
  action: RegistryAction;
  /** Taken apart as the route will use it: one reading of a name, so that none can mean two things. An empty name
   * is its context as a whole. Absent: the whole registry. */
  subject?: QualifiedSubject;
  /** For `read` without a subject: the route itself leaves out what `reads` refuses. */
  filtered?: boolean;
}

/** `system` is the URN of a system of the bus, `account:<name>`, or `anonymous`. */
export interface RegistryCaller extends Caller {
  readonly rights: Rights;
}

/** Someone who looks something up where reading is open, or who does anything where authentication is off. */
export function anonymous(rights: Rights, roles: readonly Role[] = []): RegistryCaller {
  return { system: 'anonymous', member: '', roles, rights };
}

const ANYONE = anonymous(READER_RIGHTS);

const OPERATIONS: Record<RegistryAction, string> = {
  read: 'Read',
  write: 'Write',
  delete: 'Delete',
  config: 'WriteCompatibility',
  admin: 'Administer',
};

/** Says who calls: by whatever kind of credentials this registry takes. */
export interface CallerSource {
  /** Value of `WWW-Authenticate` with a refusal for want of good credentials (RFC 9110 §15.5.2). */
  readonly challenge: string;
  /** @throws WaslError not-authenticated and its kin, too-many-requests */
  identify(request: FastifyRequest): RegistryCaller | Promise<RegistryCaller>;
}

/** Who may do what in this registry. Works for controllers as for raw routes. */
export class RegistryAccess extends Authenticator {
  constructor(
    private readonly callers: CallerSource,
    private readonly options: { readsAreOpen: boolean; authenticationIsOff?: boolean },
  ) {
    super();
  }

  /** What `GET /` answers: clients expect an empty object, and someone must notice that all doors are open. */
  get banner(): object {
    return this.options.authenticationIsOff ? { authentication: 'off' } : {};
  }

  /** Whether anyone may look anything up. */
  get readsAreOpen(): boolean {
    return this.options.readsAreOpen;
  }

  get challenge(): string {
    return this.callers.challenge;
  }

  /**
   * Lets the request through if its caller may do what the route is about to do; sets `request.caller`
   * unless reading is open to anyone.
   * @throws WaslError not-authenticated and its kin (401), not-allowed (403), too-many-requests (429)
   */
  require(request: FastifyRequest, need: Need): RegistryCaller | Promise<RegistryCaller> {
    if (need.action === 'read' && this.options.readsAreOpen) return ANYONE;
    return this.checked(request, need);
  }

  /** Whether a subject is to appear in what this caller is shown. */
  reads({ rights }: RegistryCaller, subject: QualifiedSubject): boolean {
    return rights.readsAll || rights.reads(subject);
  }

  /** What this caller is to find in lists: patterns of subjects, or undefined for everything. */
  readable({ rights }: RegistryCaller): Readable {
    return rights.readsAll ? undefined : (rights.readable ?? []);
  }

  /** For routes that ask for roles of the bus; of the accounts, administrators stand in for stewards. */
  async authenticate(request: FastifyRequest, roles?: readonly Role[]): Promise<RegistryCaller> {
    const caller = await this.callers.identify(request);
    request.caller = caller;
    if (roles) requireRole(caller, roles);
    return caller;
  }

  private async checked(request: FastifyRequest, need: Need): Promise<RegistryCaller> {
    const caller = await this.authenticate(request);
    if (await isAllowed(caller.rights, need)) return caller;
    const where = need.subject === undefined ? 'this registry' : `Subject: ${qualifiedName(need.subject)}`;
    throw new WaslError('not-allowed', `User is denied operation ${OPERATIONS[need.action]} on ${where}`);
  }
}

function isAllowed(rights: Rights, { action, subject, filtered }: Need): boolean | Promise<boolean> {
  if (action === 'read' && subject === undefined) return filtered ? rights.readsSome : rights.readsAll;
  return rights.allows(action, subject);
}
