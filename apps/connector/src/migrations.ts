import { ConnectorTables1795400000000 } from './migrations/1795400000000-connector-tables.js';
import { ConnectorDeprecations1799000000000 } from './migrations/1799000000000-connector-deprecations.js';

/** PostgreSQL schema of the service. */
export const SCHEMA = 'connector';

export const MIGRATIONS = [ConnectorTables1795400000000, ConnectorDeprecations1799000000000];
