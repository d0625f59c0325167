import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#control';

/** The system behind a verified access token. */
export interface Caller {
  /** URN */
  system: string;
  /** URN of the member that the system belongs to */
  member: string;
  /** Roles that both the token and the directory grant, now. */
  roles: readonly Role[];
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
  }
}

export const PUBLIC = 'wasl:public';
export const ROLES_NEEDED = 'wasl:roles';

/** Opens a route, or a whole controller, to everyone. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** Opens a route to callers that have at least one of the roles. Without it any authenticated system may call. */
export const Roles = (...roles: Role[]): ClassDecorator & MethodDecorator => SetMetadata(ROLES_NEEDED, roles);

/** The verified caller as a parameter of a handler; undefined on a public route. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().caller,
);
