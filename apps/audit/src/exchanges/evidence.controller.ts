import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUuid, WaslError } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { Prover } from '../ledger/prover.js';
import { EvidenceAccess } from './evidence-access.js';
import { queryReason } from './query-reason.js';

@Roles('auditor', 'publisher', 'consumer')
@Controller('v1/evidence/:jti')
export class EvidenceController {
  constructor(
    @Inject(EvidenceAccess) private readonly access: EvidenceAccess,
    @Inject(Prover) private readonly prover: Prover,
  ) {}

  @Get()
  async evidence(
    @Param('jti') jti: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
  ): Promise<Buffer> {
    const { entry } = await this.read(jti, 'evidence', request, caller);
    void reply.header('content-type', 'application/jose');
    return entry.data;
  }

  @Get('proof')
  async proof(
    @Param('jti') jti: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentCaller() caller: Caller,
  ): Promise<string> {
    const { entry } = await this.read(jti, 'proof', request, caller);
    void reply.header('content-type', 'text/plain; charset=utf-8');
    return this.prover.inclusion(entry.index);
  }

  private async read(jti: string, resource: string, request: FastifyRequest, caller: Caller) {
    if (!isUuid(jti)) throw new WaslError('malformed-request', 'the id of evidence is a UUID in lower case');
    await this.access.announce(caller, resource, { jti }, queryReason(request));
    return this.access.byJti(caller, jti);
  }
}
