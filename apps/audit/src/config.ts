import {
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  KEY_FILE_SETTING,
  flag,
  integer,
  optional,
  portSetting,
  secret,
  text,
  url,
} from '#service';

/** Settings of the audit service; docs/services/audit.md shows them as a table. */
export const AUDIT_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8084),
  databaseUrl: DATABASE_URL_SETTING,
  ownerDatabaseUrl: secret(
    optional(
      url(
        'AUDIT_OWNER_DATABASE_URL',
        'the same database as the owner of the tables, for migrations only; without it DATABASE_URL does both',
        ['postgres:', 'postgresql:'],
      ),
    ),
  ),
  keyFile: KEY_FILE_SETTING,
  origin: text(
    'AUDIT_ORIGIN',
    'name of the log in its checkpoints; one a year, never reused',
    'dz.wasl/audit/2026',
  ),
  logKeyFile: text('AUDIT_LOG_KEY_FILE', 'file with the private Ed25519 JWK that signs checkpoints'),
  guardFile: text(
    'AUDIT_GUARD_FILE',
    'file that keeps the last signed checkpoint, outside the database and its backups; shared by all instances',
  ),
  verifyEvidence: flag(
    'AUDIT_VERIFY_EVIDENCE',
    'check the signature of each evidence before it enters the ledger; off leaves that to auditors',
    true,
  ),
  batchEntries: integer(
    'AUDIT_BATCH_ENTRIES',
    'most entries of one transaction',
    { min: 1, max: 16_384 },
    4_096,
  ),
  batchWaitMs: integer(
    'AUDIT_BATCH_WAIT_MS',
    'how long Kafka may hold records back to fill a batch',
    { min: 1, max: 5_000 },
    100,
  ),
  checkpointIntervalMs: integer(
    'AUDIT_CHECKPOINT_INTERVAL_MS',
    'shortest time between two checkpoints',
    { min: 100, max: 600_000 },
    500,
  ),
};
