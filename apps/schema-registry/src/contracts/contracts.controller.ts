import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { parseTopic } from '#contracts';
import { WaslError } from '#protocol';
import { type Caller, CurrentCaller, Public, Roles } from '#service';
import { Clock } from '../clock.js';
import { ContractStore, type StoredContract } from './contract-store.js';
import { ContractsService } from './contracts.service.js';
import { etag } from './etag.js';
import { parseGovernance } from './governance.js';
import { versionView, type VersionView } from './lifecycle/version-view.js';
import { VersionsService } from './lifecycle/versions.service.js';

const PAGE = 100;

/** Governance of contracts: our own API. */
@Controller('v1/contracts')
export class ContractsController {
  constructor(
    private readonly store: ContractStore,
    private readonly versions: VersionsService,
    private readonly service: ContractsService,
    private readonly clock: Clock,
  ) {}

  @Public()
  @Get()
  async list(
    @Query('after') after = '',
    @Query('limit') limit?: string,
  ): Promise<{ items: StoredContract[]; next?: string }> {
    const size = limit === undefined ? PAGE : Number(limit);
    if (!Number.isInteger(size) || size < 1 || size > 1_000) {
      throw new WaslError('malformed-request', 'limit is a whole number from 1 to 1,000');
    }
    const items = await this.store.contracts(after, size);
    const last = items.length === size ? items.at(-1)?.topic : undefined;
    return { items, ...(last === undefined ? {} : { next: last }) };
  }

  @Public()
  @Get(':topic')
  async get(
    @Param('topic') topic: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredContract & { versions: VersionView[] }> {
    const found = await this.store.withRevision(topic);
    if (!found) throw new WaslError('not-found', 'no contract is published for this topic');
    void reply.header('etag', etag(found.revision));
    const versions = await this.versions.states(topic);
    return { ...found.contract, versions: versions.map(versionView) };
  }

  @Roles('publisher', 'steward')
  @Put(':topic')
  async put(
    @Param('topic') topicText: string,
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StoredContract> {
    const topic = parseTopic(topicText);
    if (!topic) throw new WaslError('malformed-request', 'a topic is <domain>.<contract>.v<major>');
    const governance = parseGovernance(body, topic.name);
    const now = this.clock.now();
    const { contract, revision, outcome } = await this.service.put(topic, governance, caller, now, ifMatch);
    void reply
      .code(outcome === 'created' ? 201 : 200)
      .header('etag', etag(revision))
      .header('wasl-changed', String(outcome !== 'unchanged'));
    return contract;
  }
}
