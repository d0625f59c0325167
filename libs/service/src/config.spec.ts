import { describe, expect, it } from 'vitest';
import { ConfigError, describeSettings, readConfig } from './config.js';
import {
  choice,
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  flag,
  integer,
  list,
  optional,
  portSetting,
  url,
} from './settings.js';

const SPEC = {
  port: portSetting(8080),
  databaseUrl: DATABASE_URL_SETTING,
  level: choice('LEVEL', 'how much | is said', ['low', 'high'], 'low'),
  brokers: list('BROKERS', 'where'),
  verbose: flag('VERBOSE', 'whether', false),
  page: optional(url('PAGE', 'which', ['https:'])),
  limit: integer('LIMIT', 'how many', { min: 1, max: 10 }, 5),
};

describe('readConfig', () => {
  it('reads what is set and falls back where it may', () => {
    const config = readConfig(
      { DATABASE_URL: 'postgresql://u:p@h/d', BROKERS: 'a:1, b:2', VERBOSE: 'on', LEVEL: '', LIMIT: '10' },
      SPEC,
    );
    expect(config).toEqual({
      port: 8080,
      databaseUrl: 'postgresql://u:p@h/d',
      level: 'low',
      brokers: ['a:1', 'b:2'],
      verbose: true,
      page: undefined,
      limit: 10,
    });
  });

  it('reports all violations at once and repeats no value', () => {
    const env = {
      PORT: '70000',
      DATABASE_URL: 'mysql://user:hunter2@h/d',
      LEVEL: 'medium',
      VERBOSE: 'yes',
      PAGE: 'http://x',
      LIMIT: '1.5',
    };
    const error = errorOf(() => readConfig(env, SPEC));
    expect(error.violations.map(({ env }) => env)).toEqual([
      'PORT',
      'DATABASE_URL',
      'LEVEL',
      'BROKERS',
      'VERBOSE',
      'PAGE',
      'LIMIT',
    ]);
    expect(error.message).toContain('BROKERS: required: where');
    for (const value of ['hunter2', '70000', 'medium']) expect(error.message).not.toContain(value);
  });

  it.each(['-1', '1e3', '0x10', ' ', '65536', '9007199254740993'])('refuses the port %j', (PORT) => {
    expect(errorOf(() => readConfig({ PORT }, { port: portSetting(1) })).violations).toHaveLength(1);
  });

  it('drops the trailing slash of a URL', () => {
    const { tokenIssuer } = readConfig({ WASL_TOKEN_ISSUER: 'https://directory.example/' }, COMMON_SETTINGS);
    expect(tokenIssuer).toBe('https://directory.example');
  });
});

describe('describeSettings', () => {
  it('documents every setting, and of secrets no value', () => {
    const table = describeSettings({
      ...SPEC,
      hidden: {
        env: 'HIDDEN',
        doc: 'x',
        secret: true,
        fallback: { value: 'v', shown: 'swordfish' },
        parse: String,
      },
    });
    expect(table).toContain('| `PORT` | `8080` | port to listen on; 0 takes a free one |');
    expect(table).toContain('| `DATABASE_URL` | **required** | PostgreSQL connection URL (secret) |');
    expect(table).toContain('how much \\| is said');
    expect(table).toContain('| `PAGE` |  | which |');
    expect(table).not.toContain('swordfish');
  });
});

function errorOf(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('expected a ConfigError');
}
