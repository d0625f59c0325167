import {
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  integer,
  KEY_FILE_SETTING,
  optional,
  portSetting,
  text,
  url,
  type Config,
} from '#service';

export const CONNECTOR_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8083),
  databaseUrl: DATABASE_URL_SETTING,
  keyFile: KEY_FILE_SETTING,
  gatewayUrl: url(
    'GATEWAY_URL',
    'gateway that connectors publish to and pull from',
    ['http:', 'https:'],
    'http://127.0.0.1:8080',
  ),
  directoryUrl: optional(
    url('DIRECTORY_URL', 'where the directory is reached; absent: at its public URL, WASL_TOKEN_ISSUER', [
      'http:',
      'https:',
    ]),
  ),
  keysDir: text(
    'CONNECTOR_KEYS_DIR',
    "folder with the private JWKs of the systems that connectors act for, `<urn with ':' as '_'>.jwk.json`",
  ),
  specsDir: optional(
    text('REGISTRY_SPECS_DIR', 'folder with the registry specs; absent: registry-specs of the project'),
  ),
  heartbeatMs: integer(
    'CONNECTOR_HEARTBEAT_MS',
    'how often leases are renewed, in ms',
    { min: 50, max: 60_000 },
    1_000,
  ),
  leaseTtlMs: integer(
    'CONNECTOR_LEASE_TTL_MS',
    'after how long without renewal another instance takes a connector over, in ms',
    { min: 500, max: 600_000 },
    6_000,
  ),
};

export type ConnectorServiceConfig = Config<typeof CONNECTOR_SETTINGS>;
