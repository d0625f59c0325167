import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerError, type MapError } from './problem-reply.js';

/** Gives whatever a controller, guard or pipe throws to the one error mapper. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly mapError?: MapError) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerError(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.mapError);
  }
}
