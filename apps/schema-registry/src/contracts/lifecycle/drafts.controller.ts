import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Caller, CurrentCaller, Roles } from '#service';
import { Clock } from '../../clock.js';
import { etag } from '../etag.js';
import { ActivationService } from './activation.service.js';
import type { StoredDraft } from './draft-store.js';
import { draftView, type DraftView } from './draft-view.js';
import { DraftsService } from './drafts.service.js';
import { parseDraft, parseReason } from './lifecycle-requests.js';
import { versionView, type VersionView } from './version-view.js';

/** Drafts of contracts and their review. */
@Roles('publisher', 'steward')
@Controller('v1/contracts/:topic/draft')
export class DraftsController {
  constructor(
    private readonly drafts: DraftsService,
    private readonly activation: ActivationService,
    private readonly clock: Clock,
  ) {}

  @Put()
  async edit(
    @Param('topic') topic: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const now = this.clock.now();
    const { draft, outcome } = await this.drafts.edit(topic, parseDraft(body), caller, ifMatch, now);
    void reply
      .code(outcome === 'created' ? 201 : 200)
      .header('wasl-changed', String(outcome !== 'unchanged'));
    return answered(draft, reply);
  }

  @Get()
  async read(
    @Param('topic') topic: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return answered(await this.drafts.read(topic, caller), reply);
  }

  @Delete()
  @HttpCode(204)
  async discard(
    @Param('topic') topic: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.drafts.discard(topic, caller, ifMatch, this.clock.now());
  }

  @Post('submit')
  @HttpCode(200)
  async submit(
    @Param('topic') topic: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return answered(await this.drafts.submit(topic, caller, ifMatch, this.clock.now()), reply);
  }

  @Post('send-back')
  @HttpCode(200)
  async sendBack(
    @Param('topic') topic: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return answered(
      await this.drafts.sendBack(topic, parseReason(body), caller, ifMatch, this.clock.now()),
      reply,
    );
  }

  @Post('approve')
  @HttpCode(200)
  async approve(
    @Param('topic') topic: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
  ): Promise<VersionView> {
    return versionView(await this.activation.approve(topic, caller, ifMatch, this.clock.now()));
  }
}

function answered(draft: StoredDraft, reply: FastifyReply): DraftView {
  void reply.header('etag', etag(draft.revision));
  return draftView(draft);
}
