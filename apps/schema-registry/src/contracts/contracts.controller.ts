import { Body, Controller, Get, Headers, Param, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { WaslError } from '#protocol';
import { type Caller, CurrentCaller, Public, Roles } from '#service';
import { Clock } from '../clock.js';
import { DEFAULT_CONTEXT } from '../schemas/qualified-subject.js';
import { SchemaStore } from '../schemas/schema-store.js';
import { parseTopic } from '../topics.js';
import { ContractStore, type StoredContract } from './contract-store.js';
import { ContractsService } from './contracts.service.js';
import { etag } from './etag.js';
import { parseGovernance } from './governance.js';

const PAGE = 100;

/** Governance of contracts: our own API. */
@Controller('v1/contracts')
export class ContractsController {
  constructor(
    private readonly store: ContractStore,
    private readonly schemas: SchemaStore,
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
  async get(@Param('topic') topic: string): Promise<StoredContract & { versions: number[] }> {
    const contract = await this.store.contract(topic);
    if (!contract) throw new WaslError('not-found', 'no contract is published for this topic');
    const subject = { context: DEFAULT_CONTEXT, subject: `${topic}-value` };
    const versions = await this.schemas.versions(subject, 'no', { offset: 0, limit: 1_000 });
    return { ...contract, versions: versions.map(({ version }) => version) };
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
