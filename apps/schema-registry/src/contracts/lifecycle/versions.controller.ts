import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { WaslError } from '#protocol';
import { type Caller, CurrentCaller, Roles } from '#service';
import { Clock } from '../../clock.js';
import { Transactions } from '../../transactions.js';
import { etag } from '../etag.js';
import { type Affected, Consumers } from '../plan/consumers.js';
import { type Plan, Planner } from '../plan/planner.js';
import { SchemaGateway } from '../schema-gateway.js';
import { ContractAccess } from './contract-access.js';
import { history, type HistoryEntry } from './history.js';
import { requireNumber } from '../../schemas/version-number.js';
import { parseSchemaBody, parseVersionAct } from './lifecycle-requests.js';
import { versionView, type VersionView } from './version-view.js';
import { VersionsService } from './versions.service.js';

const PAGE = 100;

/** Versions of contracts after their activation, and what a change of a contract would mean. */
@Controller('v1/contracts/:topic')
export class VersionsController {
  constructor(
    private readonly access: ContractAccess,
    private readonly versions: VersionsService,
    private readonly planner: Planner,
    private readonly consumers: Consumers,
    private readonly schemas: SchemaGateway,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  @Roles('publisher', 'steward')
  @Post('plan')
  @HttpCode(200)
  async plan(
    @Param('topic') topic: string,
    @Body() body: unknown,
    @CurrentCaller() caller: Caller,
  ): Promise<Plan> {
    const request = parseSchemaBody(body);
    await this.access.requireSideIfGoverned(topic, caller);
    const content = await this.schemas.contentOf(topic, request);
    return this.planner.plan(topic, content, request.schema, this.clock.now());
  }

  @Roles('publisher', 'steward')
  @Post('versions/:version/:act')
  @HttpCode(200)
  async act(
    @Param('topic') topic: string,
    @Param('version') version: string,
    @Param('act') name: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionView> {
    const key = { topic, version: requireNumber(version) };
    const state = await this.versions.act(
      key,
      parseVersionAct(name, body),
      caller,
      ifMatch,
      this.clock.now(),
    );
    void reply.header('etag', etag(state.revision));
    return versionView(state);
  }

  @Roles('publisher', 'steward', 'auditor')
  @Get('history')
  async history(
    @Param('topic') topic: string,
    @CurrentCaller() caller: Caller,
    @Query('before') before?: string,
    @Query('limit') limit?: string,
  ): Promise<{ items: HistoryEntry[]; next?: string }> {
    await this.requireInsight(topic, caller);
    const size = limit === undefined ? PAGE : Number(limit);
    if (!Number.isInteger(size) || size < 1 || size > 1_000)
      throw new WaslError('malformed-request', 'limit is a whole number from 1 to 1,000');
    if (before !== undefined && !/^\d{1,18}$/.test(before))
      throw new WaslError('malformed-request', 'before is `next` of the page before');
    const items = await this.transactions.read((pool) => history(pool, topic, { before, limit: size }));
    const last = items.length === size ? items.at(-1)?.id : undefined;
    return { items, ...(last === undefined ? {} : { next: last }) };
  }

  @Roles('publisher', 'steward', 'auditor')
  @Get('consumers')
  async consumersOf(@Param('topic') topic: string, @CurrentCaller() caller: Caller): Promise<Affected> {
    await this.requireInsight(topic, caller);
    return this.consumers.affected(topic, this.clock.now());
  }

  private async requireInsight(topic: string, caller: Caller): Promise<void> {
    if (caller.roles.includes('auditor')) await this.access.of(topic, caller);
    else await this.access.requireSide(topic, caller);
  }
}
