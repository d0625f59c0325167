import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from '#service';
import { RegistryAccess } from '../access/registry-access.js';
import { Clock } from '../clock.js';
import { RegistrationService } from '../schemas/registration.service.js';
import { SchemaStore, type StoredVersion } from '../schemas/schema-store.js';
import { type VersionAnswer, versionAnswer, wantsMore } from './answers.js';
import { ConfluentError } from './confluent-error.js';
import { parsePage, parseSchemaRequest, parseVersion } from './requests.js';

type RequestHeaders = Record<string, string | undefined>;
type RequestQuery = Record<string, string | undefined>;

const SUBJECT = /^[\p{L}\p{N}:][\p{L}\p{N}._:/ -]{0,254}$/u;
const EVERYTHING = ':*:';

/** Subjects and their versions, as clients of the Confluent Schema Registry call them. */
@Controller('subjects')
export class SubjectsController {
  constructor(
    private readonly store: SchemaStore,
    private readonly registration: RegistrationService,
    private readonly access: RegistryAccess,
    private readonly clock: Clock,
  ) {}

  @Public()
  @Get()
  subjects(@Query() query: RequestQuery): Promise<string[]> {
    const prefix = query['subjectPrefix'] ?? EVERYTHING;
    return this.store.subjects(prefix === EVERYTHING ? '' : prefix, parsePage(query));
  }

  @Public()
  @Post(':subject')
  @HttpCode(200)
  async lookUp(
    @Param('subject') subject: string,
    @Body() body: unknown,
    @Headers() headers: RequestHeaders,
  ): Promise<VersionAnswer> {
    const { sha256 } = parseSchemaRequest(body);
    const found = await this.store.versionWith(subject, sha256);
    if (found) return versionAnswer(found, wantsMore(headers));
    throw (await this.store.subjectExists(subject))
      ? ConfluentError.schemaNotFound()
      : ConfluentError.subjectNotFound(subject);
  }

  @Public()
  @Get(':subject/versions')
  async versions(@Param('subject') subject: string, @Query() query: RequestQuery): Promise<number[]> {
    const versions = await this.store.versions(subject, parsePage(query));
    if (versions.length === 0 && !(await this.store.subjectExists(subject))) {
      throw ConfluentError.subjectNotFound(subject);
    }
    return versions;
  }

  @Public()
  @Post(':subject/versions')
  @HttpCode(200)
  async register(
    @Param('subject') subject: string,
    @Body() body: unknown,
    @Req() httpRequest: FastifyRequest,
    @Headers() headers: RequestHeaders,
  ): Promise<{ id: number } | VersionAnswer> {
    if (!SUBJECT.test(subject)) throw ConfluentError.invalidSubject(subject);
    const caller = await this.access.require(httpRequest, { action: 'write', subject });
    const request = parseSchemaRequest(body);
    const version = await this.registration.register(subject, request, caller.system, this.clock.now());
    return wantsMore(headers) ? versionAnswer(version, true) : { id: version.id };
  }

  @Public()
  @Get(':subject/versions/:version')
  async version(
    @Param('subject') subject: string,
    @Param('version') version: string,
    @Headers() headers: RequestHeaders,
  ): Promise<VersionAnswer> {
    return versionAnswer(await this.find(subject, version), wantsMore(headers));
  }

  @Public()
  @Get(':subject/versions/:version/schema')
  async text(@Param('subject') subject: string, @Param('version') version: string): Promise<string> {
    return (await this.find(subject, version)).text;
  }

  private async find(subject: string, text: string): Promise<StoredVersion> {
    const version = parseVersion(text);
    const found = await this.store.version(subject, version);
    if (found) return found;
    if (version === 'latest' || !(await this.store.subjectExists(subject))) {
      throw ConfluentError.subjectNotFound(subject);
    }
    throw ConfluentError.versionNotFound(version);
  }
}
