import { WaslError } from '#protocol';
import { controlViewCheck, EVIDENCE_TOPIC, type HealthCheck } from '#service';
import type { Gateway } from './gateway.js';

/** The gateway is ready when it can sign, produce and write, and knows who may do what. */
export function readinessOf(gateway: Gateway): HealthCheck[] {
  const { view, ownKey, pool, topics, pageReader } = gateway;
  return [
    controlViewCheck(view),
    {
      name: 'signing-key',
      check: () => ownKey.requireInForce(new Date()),
    },
    {
      name: 'kafka',
      check: async () => {
        await topics.ensure();
        await pageReader.offsets(EVIDENCE_TOPIC, 'latest');
      },
    },
    {
      name: 'database',
      check: async () => {
        const { rows } = await pool.query<{ writable: boolean }>(
          `select not pg_is_in_recovery() and has_table_privilege('submission', 'insert') as writable`,
        );
        if (!rows[0]?.writable) throw new WaslError('unavailable', 'the database cannot be written');
      },
    },
  ];
}
