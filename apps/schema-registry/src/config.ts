import {
  choice,
  COMMON_SETTINGS,
  type Config,
  ConfigError,
  DATABASE_URL_SETTING,
  type Environment,
  flag,
  integer,
  KEY_FILE_SETTING,
  list,
  optional,
  portSetting,
  readConfig,
  text,
  url,
} from '#service';

export const REGISTRY_SETTINGS = {
  ...COMMON_SETTINGS,
  port: portSetting(8081),
  databaseUrl: DATABASE_URL_SETTING,
  kafkaBrokers: optional(
    list(
      'KAFKA_BROKERS',
      'Kafka of the bus, `host:port` separated by commas; without it the registry runs alone',
    ),
  ),
  keyFile: optional({
    ...KEY_FILE_SETTING,
    doc: `${KEY_FILE_SETTING.doc}; needed on a bus and with \`REGISTRY_OUTBOX=keep\``,
  }),
  outbox: choice(
    'REGISTRY_OUTBOX',
    'what a registry that runs alone does with control records and evidence: `off` makes none, `keep` lets them wait until it serves a bus',
    ['off', 'keep'],
    'off',
  ),
  authentication: flag(
    'REGISTRY_AUTH',
    '`off` lets anyone do anything: for development, on a loopback address only',
    true,
  ),
  read: choice(
    'REGISTRY_READ',
    'who may look schemas up: anyone (`open`), or those with the right to (`accounts`)',
    ['open', 'accounts'],
    'open',
  ),
  accountsFile: optional(text('REGISTRY_ACCOUNTS_FILE', 'JSON file of the accounts, docs/registry-alone.md')),
  publicUrl: optional(
    url(
      'REGISTRY_PUBLIC_URL',
      'base URL that exports of contracts link to; without it, as the caller addressed the registry',
      ['http:', 'https:'],
    ),
  ),
  publicKafka: optional(
    text(
      'REGISTRY_PUBLIC_KAFKA',
      'address of Kafka, `host:port`, that exports of contracts name; none without it',
    ),
  ),
  cacheMebibytes: integer(
    'REGISTRY_CACHE_MIB',
    'memory for schemas looked up by id and GUID, in MiB',
    { min: 1, max: 4_096 },
    32,
  ),
};

export type RegistryConfig = Config<typeof REGISTRY_SETTINGS>;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

/** @throws ConfigError also for settings that don't go together */
export function readRegistryConfig(env: Environment): RegistryConfig {
  const config = readConfig(env, REGISTRY_SETTINGS);
  const violations: { env: string; problem: string }[] = [];
  if (!config.keyFile && (config.kafkaBrokers || config.outbox === 'keep')) {
    violations.push({ env: 'WASL_KEY_FILE', problem: 'required: evidence is signed with it' });
  }
  if (!config.authentication && !LOOPBACK.test(config.host)) {
    violations.push({
      env: 'REGISTRY_AUTH',
      problem: 'off is for development: HOST must be a loopback address, such as 127.0.0.1',
    });
  }
  if (!config.authentication && (config.accountsFile || config.read === 'accounts')) {
    violations.push({
      env: 'REGISTRY_AUTH',
      problem: 'off leaves no use for accounts: unset one of the two',
    });
  }
  if (violations.length > 0) throw new ConfigError(violations);
  return config;
}
