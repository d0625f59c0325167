import { connectorSettings } from '../configuration/connector-config.js';
import type { Secrets } from '../configuration/secret-reference.js';
import { quoteIdentifier } from '../database/catalogue.js';
import { openRegistryDatabase } from '../database/registry-database.js';
import { readRegistrySpec } from '../registry/registry-spec.js';
import type { ConnectorRepository, ConnectorRow } from './connector.repository.js';

/** Where connectors stand: a source in the service's database, a sink in its target's. */
export class OffsetReader {
  constructor(
    private readonly repository: ConnectorRepository,
    private readonly secrets: Secrets,
    private readonly specsDir: string,
  ) {}

  async read(row: ConnectorRow): Promise<{ partition: object; offset: object }[]> {
    const offset = row.type === 'source' ? await this.repository.position(row) : await this.cursor(row);
    if (!offset) return [];
    return [{ partition: { registry: row.config['wasl.registry'], flow: row.config['wasl.flow'] }, offset }];
  }

  private async cursor(row: ConnectorRow): Promise<object | undefined> {
    const settings = connectorSettings(row.name, row.config, (registry) =>
      readRegistrySpec(this.specsDir, registry),
    );
    const pool = openRegistryDatabase(this.secrets.databaseUrl(settings.databaseSecret));
    try {
      const table = `${quoteIdentifier(settings.flow.table.schema ?? 'public')}.wasl_sink_state`;
      const { rows } = await pool.query<{ cursor: string | null; pending: unknown[] }>(
        `select cursor, pending from ${table} where connector = $1`,
        [row.name],
      );
      return rows[0] && { cursor: rows[0].cursor, unacknowledgedPages: rows[0].pending.length };
    } catch {
      // No such table yet, or the member's database is away: there is no offset to show.
      return undefined;
    } finally {
      await pool.end();
    }
  }
}
