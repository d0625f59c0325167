import type { Setting } from './config.js';

function setting<T>(
  env: string,
  doc: string,
  parse: (text: string) => T,
  fallback: T | undefined,
  show: (value: T) => string = String,
): Setting<T> {
  return {
    env,
    doc,
    parse,
    ...(fallback === undefined ? {} : { fallback: { value: fallback, shown: show(fallback) } }),
  };
}

export function text(env: string, doc: string, fallback?: string): Setting<string> {
  return setting(env, doc, (value) => value, fallback);
}

export function integer(
  env: string,
  doc: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
  fallback?: number,
): Setting<number> {
  const parse = (value: string): number => {
    const parsed = Number(value);
    if (!/^-?\d+$/.test(value) || parsed < min || parsed > max)
      throw new Error(`expected an integer from ${min} to ${max}`);
    return parsed;
  };
  return setting(env, doc, parse, fallback);
}

export function choice<const T extends string>(
  env: string,
  doc: string,
  values: readonly T[],
  fallback?: T,
): Setting<T> {
  const parse = (value: string): T => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Error(`expected one of ${values.join(', ')}`);
    return found;
  };
  return setting(env, doc, parse, fallback);
}

/** `on` or `off`. */
export function flag(env: string, doc: string, fallback?: boolean): Setting<boolean> {
  const parse = (value: string): boolean => {
    if (value !== 'on' && value !== 'off') throw new Error('expected on or off');
    return value === 'on';
  };
  return setting(env, doc, parse, fallback, (value) => (value ? 'on' : 'off'));
}

/** Absolute URL; no trailing slash is kept, so that paths can be appended. */
export function url(
  env: string,
  doc: string,
  protocols: readonly string[],
  fallback?: string,
): Setting<string> {
  const parse = (value: string): string => {
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      throw new Error(`expected an absolute URL (${protocols.join(' or ')})`);
    return value.replace(/\/+$/, '');
  };
  return setting(env, doc, parse, fallback);
}

/** Comma-separated, none empty. */
export function list(env: string, doc: string, fallback?: string[]): Setting<string[]> {
  const parse = (value: string): string[] => {
    const items = value.split(',').map((item) => item.trim());
    if (items.some((item) => item === ''))
      throw new Error('expected a comma-separated list without empty items');
    return items;
  };
  return setting(env, doc, parse, fallback, (value) => value.join(','));
}

/** Makes a setting that may be absent; its value is then undefined. */
export function optional<T>(base: Setting<T>): Setting<T | undefined> {
  return { ...base, fallback: { value: undefined, shown: '' } };
}

/** Marks a setting whose value must never be shown. */
export function secret<T>(base: Setting<T>): Setting<T> {
  return { ...base, secret: true };
}

/** Settings that every service has, except its own default port and database. */
export const COMMON_SETTINGS = {
  host: text('HOST', 'address to listen on', '127.0.0.1'),
  kafkaBrokers: list('KAFKA_BROKERS', 'Kafka bootstrap servers, `host:port` separated by commas', [
    '127.0.0.1:19092',
  ]),
  bus: text('WASL_BUS', 'URN of the bus: the audience of everything sent to it', 'urn:wasl:dz:bus'),
  tokenIssuer: url(
    'WASL_TOKEN_ISSUER',
    'public URL of the directory, issuer of access tokens',
    ['http:', 'https:'],
    'http://127.0.0.1:8082',
  ),
  logLevel: choice(
    'LOG_LEVEL',
    'least severe level that is logged',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
  ),
  processMetrics: flag('PROCESS_METRICS', 'publish memory, CPU and event-loop metrics of the process', false),
};

/** The port of a service. */
export function portSetting(fallback: number): Setting<number> {
  return integer('PORT', 'port to listen on; 0 takes a free one', { max: 65_535 }, fallback);
}

/** The database that a service keeps its own schema in. */
export const DATABASE_URL_SETTING: Setting<string> = secret(
  url('DATABASE_URL', 'PostgreSQL connection URL', ['postgres:', 'postgresql:']),
);

/** The private JWK with which a service signs as its system of the bus. */
export const KEY_FILE_SETTING: Setting<string> = text(
  'WASL_KEY_FILE',
  "file with the private JWK of the service's own system of the bus",
);
