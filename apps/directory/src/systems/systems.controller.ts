import { Body, Controller, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { CurrentCaller, Roles, type Caller } from '#service';
import type { FastifyReply } from 'fastify';
import { etag } from '../requests/etag.js';
import type { Page, PageQuery } from '../requests/page.js';
import { SchemaPipe } from '../requests/schema.pipe.js';
import { SYSTEM_PAGE_SCHEMA, SYSTEM_STATE_SCHEMA, NEW_SYSTEM_SCHEMA } from './systems.schema.js';
import { SystemsService, type SystemState, type SystemView, type NewSystem } from './systems.service.js';

type SystemQuery = PageQuery & { member?: string };

@Controller('v1/systems')
@Roles('steward')
export class SystemsController {
  constructor(private readonly systems: SystemsService) {}

  @Post()
  async register(
    @Body(SchemaPipe.body<NewSystem>(NEW_SYSTEM_SCHEMA)) body: NewSystem,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SystemView> {
    const { system, created } = await this.systems.register(body, caller.system);
    void reply.code(created ? 201 : 200).header('etag', etag(system.version));
    return system;
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body(SchemaPipe.body<SystemState>(SYSTEM_STATE_SCHEMA)) body: SystemState,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SystemView> {
    const system = await this.systems.replace(id, body, ifMatch, caller.system);
    void reply.header('etag', etag(system.version));
    return system;
  }

  @Get()
  @Roles('steward', 'auditor')
  list(
    @Query(SchemaPipe.query<SystemQuery>(SYSTEM_PAGE_SCHEMA)) query: SystemQuery,
  ): Promise<Page<SystemView>> {
    return this.systems.list(query);
  }

  @Get(':id')
  @Roles('steward', 'auditor')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<SystemView> {
    const system = await this.systems.get(id);
    void reply.header('etag', etag(system.version));
    return system;
  }
}
