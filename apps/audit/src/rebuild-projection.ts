import { createLogger, createPool } from '#service';
import { AUDIT_SCHEMA } from './database.js';
import { Projector } from './projection/projector.js';

// `DATABASE_URL=… node dist/apps/audit/src/rebuild-projection.js`: searches show nothing old until it has ended.
const logger = createLogger('audit-rebuild');
const pool = createPool(process.env['DATABASE_URL'] ?? '', AUDIT_SCHEMA, { logger, max: 2 });
await new Projector(pool, logger).rebuild();
await pool.end();
logger.info('the projection was rebuilt from the ledger');
