import {
  Inject,
  Injectable,
  Module,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#control';
import { WaslError } from '#protocol';
import { Access, type AccessOptions } from './access.js';
import { Authenticator } from './authenticator.js';
import { PUBLIC, ROLES_NEEDED } from './caller.js';

/** Denies every route that is neither `@Public()` nor called with a valid token of a sufficient role. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isPublic(this.reflector, context)) return true;
    const roles = this.reflector.getAllAndOverride<Role[] | undefined>(ROLES_NEEDED, targets(context));
    await this.authenticator.authenticate(context.switchToHttp().getRequest<FastifyRequest>(), roles);
    return true;
  }
}

/** Stands in where a service has no AccessModule: public routes only. */
export class PublicOnlyGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext): boolean {
    if (isPublic(this.reflector, context)) return true;
    throw new WaslError('not-allowed', 'this route is not open to anyone');
  }
}

/** Guards all routes of a service; provides `Access` for raw routes: `app.get(Access).authenticate(request)`. */
@Module({})
export class AccessModule {
  static forRoot(options: AccessOptions): DynamicModule {
    const access = new Access(options);
    const module = AccessModule.using(access);
    return {
      ...module,
      providers: [...module.providers!, { provide: Access, useValue: access }],
      exports: [Access],
    };
  }

  /** For a service that knows its callers in a way of its own. */
  static using(authenticator: Authenticator): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: Authenticator, useValue: authenticator },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
    };
  }
}

function isPublic(reflector: Reflector, context: ExecutionContext): boolean {
  return reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets(context)) === true;
}

function targets(context: ExecutionContext) {
  return [context.getHandler(), context.getClass()];
}
