import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { WaslError } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { configMapOf, connectorInfo, connectorStatus, creationOf, taskStatus } from './connect-shapes.js';
import type { ConnectorRow } from './connector.repository.js';
import { ConnectorService } from './connector.service.js';
import { OffsetReader } from './offset-reader.js';

/** Connectors in the shape of Kafka Connect's REST interface, so that its tools drive them. */
@Controller('connectors')
@Roles('steward', 'publisher', 'consumer')
export class ConnectorsController {
  constructor(
    @Inject(ConnectorService) private readonly connectors: ConnectorService,
    @Inject(OffsetReader) private readonly offsets: OffsetReader,
  ) {}

  @Get()
  async list(@CurrentCaller() caller: Caller, @Query('expand') expand?: string | string[]) {
    const rows = await this.connectors.list(caller);
    const wanted = expand === undefined ? [] : [expand].flat();
    if (wanted.length === 0) return rows.map(({ name }) => name);
    const expanded = (row: ConnectorRow) => ({
      ...(wanted.includes('status') ? { status: connectorStatus(row) } : {}),
      ...(wanted.includes('info') ? { info: connectorInfo(row) } : {}),
    });
    return Object.fromEntries(rows.map((row) => [row.name, expanded(row)]));
  }

  @Post()
  async create(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { name, config, target } = creationOf(body);
    const row = await this.connectors.create(caller, name, config, target);
    void reply.header('location', `/connectors/${row.name}`);
    return connectorInfo(row);
  }

  @Get(':name')
  async info(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    return connectorInfo(await this.connectors.get(caller, name));
  }

  @Get(':name/config')
  async config(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    return connectorInfo(await this.connectors.get(caller, name)).config;
  }

  @Put(':name/config')
  async configure(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { row, created } = await this.connectors.put(caller, name, configMapOf(body));
    void reply.code(created ? 201 : 200);
    if (created) void reply.header('location', `/connectors/${row.name}`);
    return connectorInfo(row);
  }

  @Get(':name/status')
  async status(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    return connectorStatus(await this.connectors.get(caller, name));
  }

  @Get(':name/tasks')
  async tasks(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    const info = connectorInfo(await this.connectors.get(caller, name));
    return info.tasks.map((id) => ({ id, config: info.config }));
  }

  @Get(':name/tasks/:task/status')
  async task(@CurrentCaller() caller: Caller, @Param('name') name: string, @Param('task') task: string) {
    return taskStatus(await this.withTask(caller, name, task));
  }

  @Post(':name/tasks/:task/restart')
  @HttpCode(204)
  async restartTask(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Param('task') task: string,
  ) {
    await this.withTask(caller, name, task);
    await this.connectors.restart(caller, name, false);
  }

  @Put(':name/pause')
  @HttpCode(202)
  async pause(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    await this.connectors.target(caller, name, 'PAUSED');
  }

  @Put(':name/resume')
  @HttpCode(202)
  async resume(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    await this.connectors.target(caller, name, 'RUNNING');
  }

  @Put(':name/stop')
  @HttpCode(204)
  async stop(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    await this.connectors.target(caller, name, 'STOPPED');
  }

  /** 204, or 202 with the status when a flag is set. */
  @Post(':name/restart')
  async restart(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Query('onlyFailed') onlyFailed: string | undefined,
    @Query('includeTasks') includeTasks: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.connectors.restart(caller, name, onlyFailed === 'true');
    const flagged = onlyFailed === 'true' || includeTasks === 'true';
    void reply.code(flagged ? 202 : 204);
    return flagged ? connectorStatus(row) : undefined;
  }

  @Delete(':name')
  @HttpCode(204)
  async remove(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    await this.connectors.remove(caller, name);
  }

  @Get(':name/offsets')
  async offsetsOf(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    return { offsets: await this.offsets.read(await this.connectors.get(caller, name)) };
  }

  private async withTask(caller: Caller, name: string, task: string): Promise<ConnectorRow> {
    const row = await this.connectors.get(caller, name);
    if (task !== '0' || row.targetState === 'STOPPED')
      throw new WaslError('not-found', 'there is no such task');
    return row;
  }
}
