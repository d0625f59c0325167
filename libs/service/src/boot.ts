import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { PublicOnlyGuard } from './access/access-module.js';
import { Authenticator } from './access/authenticator.js';
import { serveDocs } from './docs-page.js';
import type { HealthCheck } from './health.js';
import { createAdapter } from './http.js';
import { NestLogger, type Logger } from './logger.js';
import { createMetrics, measureRequests } from './metrics.js';
import { serveOperations } from './operations.js';
import { ProblemFilter } from './problem-filter.js';
import type { MapError } from './problem-reply.js';

export interface BootOptions {
  name: string;
  module: Type | DynamicModule;
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Absolute path of the service's OpenAPI document. */
  openapi: string;
  logger: Logger;
  /** What readiness depends on. */
  health: readonly HealthCheck[];
  /** Runs before listening: may add raw routes, hooks and content-type parsers. Raw routes guard themselves through `Access`. */
  configure?: (fastify: FastifyInstance, app: NestFastifyApplication) => void | Promise<void>;
  /** The URL that the router sees instead of the one that was sent. */
  rewriteUrl?: (url: string) => string;
  /** Keeps the error shape of another product on the routes that are compatible with it. */
  mapError?: MapError;
  /** Bytes; 1 MiB by default. A route may set its own. */
  bodyLimit?: number;
  metrics?: Registry;
  processMetrics?: boolean;
  /** Milliseconds that requests in flight may take after close was asked for; 10,000 by default. */
  closeGraceMs?: number;
  /** Releases what the service opened itself, after the last request has ended. */
  onClose?: () => Promise<void>;
}

export interface RunningService {
  name: string;
  url: string;
  close(): Promise<void>;
}

/** Starts one service: Nest on Fastify with operations, documentation and the one error shape. */
export async function bootService(options: BootOptions): Promise<RunningService> {
  const { name, logger } = options;
  const metrics = options.metrics ?? createMetrics(name, options.processMetrics ?? false);
  const adapter = createAdapter(options);
  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: false,
  });
  try {
    const fastify = adapter.getInstance<FastifyInstance>();
    app.useGlobalFilters(new ProblemFilter(options.mapError));
    if (!hasAuthenticator(app)) app.useGlobalGuards(new PublicOnlyGuard());
    measureRequests(fastify, metrics);
    serveOperations(fastify, options.health, metrics);
    await serveDocs(fastify, options.openapi);
    await options.configure?.(fastify, app);
    await app.listen(options.port, options.host);
  } catch (error) {
    await app.close().catch(() => undefined);
    await options.onClose?.();
    throw error;
  }
  const address = app.getHttpServer().address() as AddressInfo;
  const url = `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  logger.info({ url }, `${name} is listening`);
  let closing: Promise<void> | undefined;
  return { name, url, close: () => (closing ??= closeService(app, options)) };
}

/** Stops accepting, lets requests in flight end within the grace period, then destroys the application. */
async function closeService(app: NestFastifyApplication, options: BootOptions): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  // A kept-alive connection is idle only once its last response has ended.
  const sweep = setInterval(() => fastify.server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => fastify.server.closeAllConnections(), options.closeGraceMs ?? 10_000);
  try {
    await fastify.close();
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(deadline);
    await options.onClose?.();
  }
  options.logger.info(`${options.name} has stopped`);
}

function hasAuthenticator(app: NestFastifyApplication): boolean {
  try {
    return app.get(Authenticator, { strict: false }) instanceof Authenticator;
  } catch {
    return false;
  }
}
