import { WaslError } from '#protocol';
import { controlViewCheck, EVIDENCE_TOPIC, type HealthCheck } from '#service';
import type { Gateway } from './gateway.js';
import { isInForce } from './signatories.js';

/** The gateway is ready when it can sign, produce and write, and knows who may do what. */
export function readinessOf(gateway: Gateway): HealthCheck[] {
  const { view, signer, pool, topics, pageReader, kid } = gateway;
  return [
    controlViewCheck(view),
    {
      name: 'signing-key',
      check: () => {
        const key = view.key(kid);
        if (!key || key.system !== signer.issuer || !isInForce(key, new Date())) {
          throw new WaslError('unavailable', 'the signing key of the gateway is not in force');
        }
      },
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
