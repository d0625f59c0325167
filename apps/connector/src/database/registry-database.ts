import { Pool } from 'pg';

/** Connections to a member's database: few, in UTC and ISO dates, with bounded statements. */
export function openRegistryDatabase(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 5_000,
    application_name: 'wasl-connector',
    options:
      '-c timezone=UTC -c datestyle=ISO -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000',
  });
  // A lost connection is met again, and classified, by the next statement. Without a listener, one that breaks
  // between two statements would end the process.
  const met = (): void => undefined;
  pool.on('error', met);
  pool.on('connect', (client) => client.on('error', met));
  return pool;
}
