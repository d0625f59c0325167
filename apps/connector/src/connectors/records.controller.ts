import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { WaslError } from '#protocol';
import { CurrentCaller, Roles, type Caller } from '#service';
import { connectorStatus } from './connect-shapes.js';
import { ConnectorRepository } from './connector.repository.js';
import { ConnectorService } from './connector.service.js';

/** What Kafka Connect has no place for: receipts, dead letters and figures of a connector. */
@Controller('v1/connectors')
@Roles('steward', 'publisher', 'consumer')
export class RecordsController {
  constructor(
    @Inject(ConnectorService) private readonly connectors: ConnectorService,
    @Inject(ConnectorRepository) private readonly repository: ConnectorRepository,
  ) {}

  @Get(':name')
  async summary(@CurrentCaller() caller: Caller, @Param('name') name: string) {
    const row = await this.connectors.get(caller, name);
    const { tasks, connector } = connectorStatus(row);
    return {
      name,
      type: row.type,
      system: row.system,
      state: tasks[0]?.state ?? connector.state,
      trace: row.trace,
      deprecations: row.deprecations ?? [],
      ...(await this.repository.counts(row)),
      position: (await this.repository.position(row)) ?? null,
    };
  }

  @Get(':name/receipts')
  async receipts(@CurrentCaller() caller: Caller, @Param('name') name: string, @Query() query: PageQuery) {
    const row = await this.connectors.get(caller, name);
    const { after, limit } = pageOf(query);
    const rows = await this.repository.receipts(row, after, limit);
    const items = rows.map(({ receipt, ...item }) => ({ ...item, receipt: JSON.parse(receipt) as object }));
    return { items, cursor: rows.at(-1)?.sequence ?? after };
  }

  @Get(':name/dead-letters')
  async deadLetters(@CurrentCaller() caller: Caller, @Param('name') name: string, @Query() query: PageQuery) {
    const row = await this.connectors.get(caller, name);
    const { after, limit } = pageOf(query);
    const items = await this.repository.deadLetters(row, after, limit);
    return { items, cursor: items.at(-1)?.sequence ?? after };
  }
}

interface PageQuery {
  after?: unknown;
  limit?: unknown;
}

/** Throws WaslError `invalid-cursor` or `malformed-request`. */
function pageOf({ after = '0', limit = '500' }: PageQuery): { after: string; limit: number } {
  if (typeof after !== 'string' || !/^\d{1,18}$/.test(after)) {
    throw new WaslError('invalid-cursor', 'after has to be the cursor of the page before');
  }
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw new WaslError('malformed-request', 'limit has to be a whole number from 1 to 1000');
  }
  return { after, limit: count };
}
