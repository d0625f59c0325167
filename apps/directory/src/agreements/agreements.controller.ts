import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { isUuid, WaslError } from '#protocol';
import { CurrentCaller, type Caller } from '#service';
import type { FastifyReply } from 'fastify';
import { etag } from '../requests/etag.js';
import type { Page } from '../requests/page.js';
import { SchemaPipe } from '../requests/schema.pipe.js';
import { AgreementListService, type AgreementQuery } from './agreement-list.service.js';
import type { AgreementAct } from './agreement-states.js';
import type { NewAgreement } from './agreement-terms.js';
import type { AgreementView } from './agreement-view.js';
import { AGREEMENT_PAGE_SCHEMA, NEW_AGREEMENT_SCHEMA } from './agreements.schema.js';
import { AgreementsService } from './agreements.service.js';

const ACTS = ['approve', 'suspend', 'resume', 'revoke'] as const satisfies readonly AgreementAct[];

/** Open to every authenticated system: the service decides what it is a party of. */
@Controller('v1/agreements')
export class AgreementsController {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly lists: AgreementListService,
  ) {}

  @Post()
  async request(
    @Body(SchemaPipe.body<NewAgreement>(NEW_AGREEMENT_SCHEMA)) body: NewAgreement,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const { agreement, created } = await this.agreements.request(body, caller);
    void reply.code(created ? 201 : 200).header('etag', etag(agreement.version));
    return agreement;
  }

  @Post(':id/:act')
  @HttpCode(200)
  async act(
    @Param('id') id: string,
    @Param('act') act: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const known = ACTS.find((name) => name === act);
    if (!known) throw new WaslError('not-found', `an agreement can be asked to ${ACTS.join(', ')}`);
    const agreement = await this.agreements.act(checkedId(id), known, caller, ifMatch);
    void reply.header('etag', etag(agreement.version));
    return agreement;
  }

  @Get()
  list(
    @Query(SchemaPipe.query<AgreementQuery>(AGREEMENT_PAGE_SCHEMA)) query: AgreementQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<AgreementView>> {
    return this.lists.list(query, caller);
  }

  @Get(':id')
  async get(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgreementView> {
    const agreement = await this.agreements.get(checkedId(id), caller);
    void reply.header('etag', etag(agreement.version));
    return agreement;
  }
}

function checkedId(id: string): string {
  if (!isUuid(id)) throw new WaslError('not-found', 'there is no agreement of this id');
  return id;
}
