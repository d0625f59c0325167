import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CurrentCaller, Roles, type Caller } from '#service';
import { AuditTrail } from './audit-trail.js';
import { parseExchangePage } from './exchange-filter.js';
import { ExchangeSearch, type ExchangeList } from './exchange-search.js';
import { queryReason } from './query-reason.js';
import { scopeOf } from './scope.js';

@Controller('v1/exchanges')
export class ExchangesController {
  constructor(
    @Inject(ExchangeSearch) private readonly exchanges: ExchangeSearch,
    @Inject(AuditTrail) private readonly trail: AuditTrail,
  ) {}

  @Roles('auditor', 'publisher', 'consumer')
  @Get()
  async search(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<ExchangeList> {
    const page = parseExchangePage(query);
    await this.trail.record(caller, 'exchanges', query, queryReason(request));
    return this.exchanges.search(page, scopeOf(caller));
  }
}
