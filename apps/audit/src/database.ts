import { Ledger1790000000000 } from './migrations/1790000000000-ledger.js';
import { SideTables1790000000001 } from './migrations/1790000000001-side-tables.js';
import { Projection1790000000002 } from './migrations/1790000000002-projection.js';

/** PostgreSQL schema that the audit service owns. */
export const AUDIT_SCHEMA = 'audit';

export const AUDIT_MIGRATIONS = [Ledger1790000000000, SideTables1790000000001, Projection1790000000002];
