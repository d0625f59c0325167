import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '#service';
import { SchemaStore, type StoredSchema } from '../schemas/schema-store.js';
import { ConfluentError } from './confluent-error.js';
import { type SchemaAnswer, schemaAnswer, wantsMore } from './answers.js';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Look-ups by id and GUID: what they name never changes. */
@Public()
@Controller('schemas')
export class SchemasController {
  constructor(private readonly store: SchemaStore) {}

  @Get('types')
  types(): string[] {
    return ['JSON'];
  }

  @Get('ids/:id')
  async byId(
    @Param('id') id: string,
    @Headers() headers: Record<string, string>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SchemaAnswer> {
    return schemaAnswer(immutable(reply, await this.find(id)), wantsMore(headers));
  }

  @Get('ids/:id/schema')
  async textById(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return immutable(reply, await this.find(id)).text;
  }

  @Get('ids/:id/versions')
  async versions(@Param('id') id: string): Promise<{ subject: string; version: number }[]> {
    return this.store.versionsOfSchema((await this.find(id)).id);
  }

  @Get('guids/:guid')
  async byGuid(
    @Param('guid') guid: string,
    @Headers() headers: Record<string, string>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SchemaAnswer> {
    const schema = GUID.test(guid) ? await this.store.schemaByGuid(guid) : undefined;
    if (!schema) throw ConfluentError.schemaNotFound(guid);
    return schemaAnswer(immutable(reply, schema), wantsMore(headers));
  }

  private async find(text: string): Promise<StoredSchema> {
    if (!/^\d{1,10}$/.test(text)) throw new ConfluentError(404, 404, 'HTTP 404 Not Found');
    const id = Number(text);
    const schema = id < 2 ** 31 ? await this.store.schemaById(id) : undefined;
    if (!schema) throw ConfluentError.schemaNotFound(id);
    return schema;
  }
}

/** Marks what an id or GUID names as cacheable for ever; an error must not be. */
function immutable<T>(reply: FastifyReply, found: T): T {
  void reply.header('cache-control', 'public, max-age=31536000, immutable');
  return found;
}
