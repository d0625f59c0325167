import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ControlView } from '#control';
import { CurrentCaller, Roles, type Caller } from '#service';
import { noticesFor, parseSince } from './notices.js';

/** What a system is told of the contracts that it lives by. */
@Controller('v1/notices')
export class NoticesController {
  constructor(@Inject(ControlView) private readonly view: ControlView) {}

  /** NDJSON of CloudEvents; 304 while nothing changed. */
  @Get()
  @Roles('publisher', 'consumer')
  list(
    @CurrentCaller() caller: Caller,
    @Query() query: Record<string, unknown>,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const now = new Date();
    const notices = noticesFor(this.view, caller, parseSince(query, now), now);
    const body = notices.map((notice) => `${JSON.stringify(notice)}\n`).join('');
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    void reply.headers({ 'content-type': 'application/x-ndjson; charset=utf-8', etag });
    if (known !== etag) return body;
    void reply.code(304);
    return '';
  }
}
