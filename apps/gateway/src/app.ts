import type { WaslError } from '#protocol';
import {
  bootService,
  createLogger,
  createMetrics,
  migrate,
  projectFile,
  readConfig,
  type Environment,
  type RunningService,
} from '#service';
import { serveAcknowledgements } from './acknowledgement/acknowledgement.routes.js';
import { GatewayModule } from './app.module.js';
import { GATEWAY_SETTINGS } from './config.js';
import { Gateway, GATEWAY_SCHEMA } from './gateway.js';
import { serveIntake } from './intake/intake.routes.js';
import { MIGRATIONS } from './migrations.js';
import { readinessOf } from './readiness.js';

/** Starts the gateway: front door of the data plane. */
export async function start(env: Environment): Promise<RunningService> {
  const config = readConfig(env, GATEWAY_SETTINGS);
  const logger = createLogger('gateway', config.logLevel);
  await migrate(config.databaseUrl, GATEWAY_SCHEMA, MIGRATIONS);
  const metrics = createMetrics('gateway', config.processMetrics);
  const gateway = new Gateway(config, logger, metrics);
  await gateway.start();
  const service = await bootService({
    name: 'gateway',
    module: GatewayModule.of(gateway),
    host: config.host,
    port: config.port,
    openapi: projectFile('apps/gateway/openapi.yaml'),
    logger,
    metrics,
    health: readinessOf(gateway),
    configure: (fastify) => {
      fastify.addHook('onRequest', (request, _reply, done) => {
        if (!request.url.startsWith('/v1/')) return done();
        try {
          gateway.requireAble(new Date());
          done();
        } catch (error) {
          done(error as WaslError);
        }
      });
      serveIntake(fastify, gateway.intake, gateway.deprecations, config.maxBodyBytes);
      serveAcknowledgements(fastify, gateway.acknowledgements);
    },
    onClose: () => gateway.close(),
  });
  return {
    ...service,
    close: async () => {
      await gateway.stopWaiting();
      await service.close();
    },
  };
}
