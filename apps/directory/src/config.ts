import {
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  integer,
  KEY_FILE_SETTING,
  optional,
  portSetting,
  text,
  type Config,
} from '#service';

export const DIRECTORY_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8082),
  databaseUrl: DATABASE_URL_SETTING,
  keyFile: KEY_FILE_SETTING,
  bootstrapFile: optional(
    text(
      'DIRECTORY_BOOTSTRAP_FILE',
      'JSON with the members, systems and active keys that must exist: added if missing',
    ),
  ),
  sweepSeconds: integer(
    'DIRECTORY_SWEEP_SECONDS',
    'seconds between two looks for agreements that have ended',
    { min: 1, max: 3_600 },
    5,
  ),
};

export type DirectoryConfig = Config<typeof DIRECTORY_SETTINGS>;
