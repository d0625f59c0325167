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
  cacheMebibytes: integer(
    'REGISTRY_CACHE_MIB',
    'memory for schemas looked up by id and GUID, in MiB',
    { min: 1, max: 4_096 },
    32,
  ),
};

export type RegistryConfig = Config<typeof REGISTRY_SETTINGS>;
