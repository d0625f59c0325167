import type { FastifyRequest } from 'fastify';
import type { Role } from '#control';
import type { Caller } from './caller.js';

/** Who calls: what the guard of a service asks on every route that is not public. */
export abstract class Authenticator {
  /**
   * Verifies the credentials of a request and sets `request.caller`.
   * @param roles if given, one of them is needed
   * @throws WaslError not-authenticated and its kin, not-allowed
   */
  abstract authenticate(request: FastifyRequest, roles?: readonly Role[]): Promise<Caller>;
}
