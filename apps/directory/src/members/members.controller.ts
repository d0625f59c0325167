import { Body, Controller, Get, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { CurrentCaller, Roles, type Caller } from '#service';
import type { FastifyReply } from 'fastify';
import { etag } from '../requests/etag.js';
import type { Page, PageQuery } from '../requests/page.js';
import { SchemaPipe } from '../requests/schema.pipe.js';
import { MEMBER_PAGE_SCHEMA, MEMBER_STATE_SCHEMA, NEW_MEMBER_SCHEMA } from './members.schema.js';
import { MembersService, type MemberState, type MemberView, type NewMember } from './members.service.js';

@Controller('v1/members')
@Roles('steward')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @Post()
  async register(
    @Body(SchemaPipe.body<NewMember>(NEW_MEMBER_SCHEMA)) body: NewMember,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView> {
    const { member, created } = await this.members.register(body, caller.system);
    void reply.code(created ? 201 : 200).header('etag', etag(member.version));
    return member;
  }

  @Put(':id')
  async replace(
    @Param('id') id: string,
    @Body(SchemaPipe.body<MemberState>(MEMBER_STATE_SCHEMA)) body: MemberState,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView> {
    const member = await this.members.replace(id, body, ifMatch, caller.system);
    void reply.header('etag', etag(member.version));
    return member;
  }

  @Get()
  @Roles('steward', 'auditor')
  list(@Query(SchemaPipe.query<PageQuery>(MEMBER_PAGE_SCHEMA)) query: PageQuery): Promise<Page<MemberView>> {
    return this.members.list(query);
  }

  @Get(':id')
  @Roles('steward', 'auditor')
  async get(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<MemberView> {
    const member = await this.members.get(id);
    void reply.header('etag', etag(member.version));
    return member;
  }
}
