import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { WaslError } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { Refusals } from '../evidence/refusals.js';
import { Feed, type FeedRequest } from './feed.js';
import { parseFeedQuery } from './feed-query.js';

@Controller('v1/topics')
export class FeedController {
  constructor(
    @Inject(Feed) private readonly feed: Feed,
    @Inject(Refusals) private readonly refusals: Refusals,
  ) {}

  /** One page of messages, NDJSON of CloudEvents. */
  @Get(':topic/messages')
  @Roles('consumer')
  async pull(
    @CurrentCaller() caller: Caller,
    @Param('topic') topic: string,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const wanted: FeedRequest = { consumer: caller.system, topic, ...parseFeedQuery(query) };
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      const page = await this.feed.pull(wanted, gone.signal);
      const next = new URLSearchParams({ after: page.cursor, limit: String(wanted.limit) });
      void reply.headers({
        'content-type': 'application/x-ndjson; charset=utf-8',
        'wasl-cursor': page.cursor,
        'wasl-agreement': page.agreement,
        ...page.ending,
        link: [
          `</v1/topics/${encodeURIComponent(topic)}/messages?${next.toString()}>; rel="next"`,
          ...(page.ending?.link === undefined ? [] : [page.ending.link]),
        ].join(', '),
      });
      return page.body;
    } catch (error) {
      // Nobody is there any more to be told.
      if (gone.signal.aborted) return '';
      throw error instanceof WaslError && REFUSALS.has(error.code)
        ? await this.recorded(error, wanted)
        : error;
    }
  }

  private recorded(error: WaslError, { consumer, topic }: FeedRequest): Promise<WaslError> {
    const body = { recipient: consumer, topic };
    return this.refusals.record(error, { event: 'AccessRefusal', body, allowance: consumer }, new Date());
  }
}

/** Denials of access are acts that an auditor wants to see; a bad cursor is not. */
const REFUSALS = new Set<string>(['no-agreement', 'system-suspended', 'key-not-active']);
