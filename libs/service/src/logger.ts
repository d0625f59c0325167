import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * Structured logs of one service. Only what is passed explicitly is written: no payloads, tokens or
 * raw URLs, and of an error its type, message and stack.
 */
export function createLogger(name: string, level = 'info', destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        'token',
        '*.token',
        'payload',
        '*.payload',
        'body',
        '*.body',
      ],
      censor: '[withheld]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Nest's own messages: its start-up chatter is of interest at level debug only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    if (message instanceof Error) this.logger.error({ err: message }, message.message);
    else this.logger.error({ context: rest.at(-1) }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}

/** Of an error what a developer needs; other members may hold values, as PostgreSQL's `detail` does. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type,
    code,
    message,
    stack,
    ...(cause && depth < 3 ? { cause: describeError(cause, depth + 1) } : {}),
  };
}
