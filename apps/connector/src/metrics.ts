import { Counter, Gauge, type Registry } from 'prom-client';
import type { Pool } from 'pg';

/** What the connector service counts beside the requests that every service counts. */
export class ConnectorMetrics {
  /** Records by connector and outcome: receipt or dead-letter. */
  readonly records: Counter<'connector' | 'outcome'>;

  constructor(registry: Registry, pool: Pool) {
    const registers = [registry];
    this.records = new Counter({
      name: 'wasl_connector_records_total',
      help: 'receipts and dead letters stored by this instance',
      labelNames: ['connector', 'outcome'],
      registers,
    });
    new Gauge({
      name: 'wasl_connector_tasks',
      help: 'connectors of the whole installation by state of their task; alarm on FAILED and UNASSIGNED',
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        const { rows } = await pool.query<{ state: string; tasks: number }>(
          `select coalesce(l.state, case c.target_state when 'STOPPED' then 'STOPPED' else 'UNASSIGNED' end) as state,
                  count(*)::int as tasks
             from connector c left join lease l on l.connector = c.name and l.expires_at > now() group by 1`,
        );
        for (const { state, tasks } of rows) this.set({ state }, tasks);
      },
    });
    new Gauge({
      name: 'wasl_connector_contract_sunset_seconds',
      help: 'end of contract versions that connectors use and that are deprecated, Unix time; +Inf if none is told',
      labelNames: ['connector', 'topic', 'version'],
      registers,
      async collect() {
        this.reset();
        const { rows } = await pool.query<{
          connector: string;
          topic: string;
          version: string | null;
          sunset: string | null;
        }>(
          `select l.connector, d ->> 'topic' as topic, d ->> 'version' as version, d ->> 'sunset' as sunset
             from lease l, jsonb_array_elements(l.deprecations) d where l.expires_at > now()`,
        );
        for (const { connector, topic, version, sunset } of rows) {
          const end = sunset === null ? Infinity : Date.parse(sunset) / 1_000;
          this.set({ connector, topic, version: version ?? '' }, end);
        }
      },
    });
  }
}
