import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Finding,
  IMPORT_FORMATS,
  type ImportOutcome,
  type Installation,
  SchemaWorkers,
} from '#contracts';
import { isMemberUrn, WaslError } from '#protocol';
import { Public, Roles } from '#service';
import { requireVersion } from '../schemas/version-number.js';
import { documentOf, type ExportedDocument, memberDocument, parseFormat } from './export-formats.js';
import { ExportService } from './export.service.js';
import { LintService } from './lint.service.js';

/** What exports say of where they come from; what is absent is not said. */
export class PublicAddresses {
  constructor(
    /** base URL of the registry; else as the caller addressed it */
    readonly registry: string | undefined,
    /** `host:port` */
    readonly kafka: string | undefined,
  ) {}
}

/** Contracts in the formats of others, and judged by the house rules. */
@Controller('v1/contracts')
export class ExportsController {
  constructor(
    private readonly exports: ExportService,
    private readonly linter: LintService,
    private readonly workers: SchemaWorkers,
    private readonly addresses: PublicAddresses,
  ) {}

  @Roles('publisher', 'steward')
  @Post('lint')
  @HttpCode(200)
  async lint(@Body() body: unknown): Promise<{ findings: Finding[]; errors: number; warnings: number }> {
    const findings = await this.linter.lint(body);
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    return { findings, errors, warnings: findings.length - errors };
  }

  /** Changes nothing: answers what contracts made of the document would be. */
  @Roles('publisher', 'steward')
  @Post('import')
  @HttpCode(200)
  async import(
    @Query('format') formatText: string | undefined,
    @Query('message') message: string | undefined,
    @Body() body: unknown,
  ): Promise<ImportOutcome> {
    const format = IMPORT_FORMATS.find((name) => name === formatText);
    if (format === undefined) {
      throw new WaslError('invalid-request', `format is one of ${IMPORT_FORMATS.join(', ')}`);
    }
    if (message !== undefined && typeof message !== 'string')
      throw new WaslError('invalid-request', 'message is given once');
    const text = (body as { document?: unknown } | null | undefined)?.document;
    if (typeof text !== 'string') {
      throw new WaslError('malformed-request', 'the body is {"document": "<text of the file>"}');
    }
    const outcome = await this.workers.run('import', { format, text, message });
    if (outcome.done) return outcome.value;
    throw new WaslError('malformed-body', `the document cannot be imported ${outcome.within}`);
  }

  @Public()
  @Get('export')
  async ofMember(
    @Query('owner') owner: string | undefined,
    @Query('format') format: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (format !== 'asyncapi') throw new WaslError('invalid-request', 'format is asyncapi');
    if (!isMemberUrn(owner))
      throw new WaslError('invalid-request', 'owner is the URN of a member, urn:wasl:<country>:<member>');
    const contracts = await this.exports.contractsOf(owner);
    if (contracts.length === 0) throw new WaslError('not-found', 'the member has published no contract');
    return send(memberDocument(owner, contracts, this.installation(request)), reply);
  }

  @Public()
  @Get(':topic/export')
  async ofTopic(
    @Param('topic') topic: string,
    @Query('format') formatText: string | undefined,
    @Query('version') versionText: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const format = parseFormat(formatText);
    const version = versionText === undefined ? 'latest' : requireVersion(versionText);
    if (format === 'json-schema') {
      const text = await this.exports.bundle(topic, version);
      return send({ mediaType: 'application/schema+json', fileName: `${topic}.schema.json`, text }, reply);
    }
    const contract = await this.exports.contract(topic, version);
    return send(documentOf(contract, format, this.installation(request)), reply);
  }

  private installation({ protocol, host }: FastifyRequest): Installation {
    const { registry, kafka } = this.addresses;
    const asAddressed = /^[\w.:[\]-]{1,255}$/.test(host) ? `${protocol}://${host}` : '';
    return { registry: registry ?? asAddressed, ...(kafka === undefined ? {} : { kafka }) };
  }
}

function send({ mediaType, fileName, text }: ExportedDocument, reply: FastifyReply): string {
  void reply
    .type(mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType)
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .header('x-content-type-options', 'nosniff');
  return text;
}
