import { ConnectorTables1795400000000 } from './migrations/1795400000000-connector-tables.js';

/** PostgreSQL schema of the service. */
export const SCHEMA = 'connector';

export const MIGRATIONS = [ConnectorTables1795400000000];
