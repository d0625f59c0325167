import {
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  integer,
  KEY_FILE_SETTING,
  portSetting,
  type Config,
} from '#service';

export const GATEWAY_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8080),
  databaseUrl: DATABASE_URL_SETTING,
  keyFile: KEY_FILE_SETTING,
  maxBodyBytes: integer(
    'GATEWAY_MAX_BODY_BYTES',
    'largest payload of one message, in bytes; more is answered 413',
    { min: 1_024, max: 524_288 },
    262_144,
  ),
  maxPending: integer(
    'GATEWAY_MAX_PENDING',
    'messages that may wait for durability at once; more are answered 429 with Retry-After',
    { min: 1, max: 100_000 },
    4_096,
  ),
  batchRecords: integer(
    'GATEWAY_BATCH_RECORDS',
    'messages that share one micro-batch',
    { min: 1, max: 500 },
    500,
  ),
  batchesInFlight: integer(
    'GATEWAY_BATCHES_IN_FLIGHT',
    'micro-batches that may be on their way to PostgreSQL and Kafka at once',
    { min: 1, max: 16 },
    2,
  ),
  lingerMs: integer(
    'GATEWAY_LINGER_MS',
    'longest wait of a message for company while another batch is on its way, in ms',
    { max: 50 },
    3,
  ),
  maxWaiting: integer(
    'GATEWAY_MAX_WAITING',
    'long polls that may be open at once; more are answered 429 with Retry-After',
    { min: 1, max: 100_000 },
    2_000,
  ),
  refusalsPerMinute: integer(
    'GATEWAY_REFUSALS_PER_MINUTE',
    'refusals a minute that one address without fresh valid signature gets written as evidence; beyond, 429 without evidence',
    { min: 1, max: 100_000 },
    120,
  ),
  refusalsPerSender: integer(
    'GATEWAY_REFUSALS_PER_SENDER_PER_MINUTE',
    'refusals a minute that one system with fresh valid signatures gets written as evidence; beyond, 429 without evidence',
    { min: 1, max: 1_000_000 },
    6_000,
  ),
  retentionDays: integer(
    'GATEWAY_RETENTION_DAYS',
    'days that a message id is remembered, so that a repeated submission gets its first receipt',
    { min: 1, max: 3_650 },
    7,
  ),
  controlWaitMs: integer(
    'GATEWAY_CONTROL_WAIT_MS',
    'how long the start waits for the control topics before it goes on in the background (not ready until then)',
    { max: 600_000 },
    10_000,
  ),
};

export type GatewayConfig = Config<typeof GATEWAY_SETTINGS>;
