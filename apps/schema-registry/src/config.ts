import {
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  integer,
  KEY_FILE_SETTING,
  portSetting,
  type Config,
} from '#service';

export const REGISTRY_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8081),
  databaseUrl: DATABASE_URL_SETTING,
  keyFile: KEY_FILE_SETTING,
  cachedSchemas: integer(
    'REGISTRY_CACHED_SCHEMAS',
    'schemas whose text is kept in memory for look-ups by id and GUID',
    { min: 1, max: 100_000 },
    2_000,
  ),
};

export type RegistryConfig = Config<typeof REGISTRY_SETTINGS>;
