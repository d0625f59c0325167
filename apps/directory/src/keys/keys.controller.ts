import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CurrentCaller, Roles, type Caller } from '#service';
import type { FastifyReply } from 'fastify';
import type { Page } from '../requests/page.js';
import { SchemaPipe } from '../requests/schema.pipe.js';
import { COMPROMISE_SCHEMA, KEY_PAGE_SCHEMA, NEW_KEY_SCHEMA } from './keys.schema.js';
import { KeysService, type KeyQuery, type NewKey } from './keys.service.js';
import type { KeyView } from './key-view.js';

/** Open to every authenticated system: the service decides whose keys it may touch. */
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  async register(
    @Body(SchemaPipe.body<NewKey>(NEW_KEY_SCHEMA)) body: NewKey,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<KeyView> {
    const { key, created } = await this.keys.register(body, caller);
    void reply.code(created ? 201 : 200);
    return key;
  }

  @Post(':kid/activate')
  @HttpCode(200)
  @Roles('steward')
  activate(@Param('kid') kid: string, @CurrentCaller() caller: Caller): Promise<KeyView> {
    return this.keys.act(kid, 'activate', caller);
  }

  @Post(':kid/retire')
  @HttpCode(200)
  retire(@Param('kid') kid: string, @CurrentCaller() caller: Caller): Promise<KeyView> {
    return this.keys.act(kid, 'retire', caller);
  }

  @Post(':kid/compromise')
  @HttpCode(200)
  compromise(
    @Param('kid') kid: string,
    @Body(SchemaPipe.body<{ since?: string } | null>(COMPROMISE_SCHEMA)) body: { since?: string } | null,
    @CurrentCaller() caller: Caller,
  ): Promise<KeyView> {
    return this.keys.act(kid, 'compromise', caller, body?.since);
  }

  @Get()
  list(
    @Query(SchemaPipe.query<KeyQuery>(KEY_PAGE_SCHEMA)) query: KeyQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<KeyView>> {
    return this.keys.list(query, caller);
  }

  @Get(':kid')
  get(@Param('kid') kid: string, @CurrentCaller() caller: Caller): Promise<KeyView> {
    return this.keys.get(kid, caller);
  }
}
