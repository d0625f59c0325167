/** One setting of a service: where it comes from, what it does, how its text becomes a value. */
export interface Setting<T> {
  env: string;
  doc: string;
  /** Absent: the setting is required. */
  fallback?: { value: T; shown: string };
  /** Never printed, neither in logs nor in documentation. */
  secret?: boolean;
  /** @throws Error whose message says what is expected, without repeating the text */
  parse: (text: string) => T;
}

export type SettingSpec = Record<string, Setting<unknown>>;
export type Config<S extends SettingSpec> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting that is missing or malformed, at once. */
export class ConfigError extends Error {
  constructor(readonly violations: readonly { env: string; problem: string }[]) {
    super(`configuration:\n${violations.map(({ env, problem }) => `  ${env}: ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads all settings of a service. An empty variable counts as absent.
 * @throws ConfigError naming every violation
 */
export function readConfig<S extends SettingSpec>(env: Environment, spec: S): Config<S> {
  const violations: { env: string; problem: string }[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(spec)) {
    const text = env[setting.env];
    if (text === undefined || text === '') {
      if (setting.fallback) values[name] = setting.fallback.value;
      else violations.push({ env: setting.env, problem: `required: ${setting.doc}` });
      continue;
    }
    try {
      values[name] = setting.parse(text);
    } catch (error) {
      violations.push({ env: setting.env, problem: (error as Error).message });
    }
  }
  if (violations.length > 0) throw new ConfigError(violations);
  return values as Config<S>;
}

/** A Markdown table of the settings, for docs/services. */
export function describeSettings(spec: SettingSpec): string {
  const rows = Object.values(spec).map(({ env, doc, fallback, secret }) => {
    const shown = !fallback ? '**required**' : secret || fallback.shown === '' ? '' : `\`${fallback.shown}\``;
    return `| \`${env}\` | ${shown} | ${doc.replaceAll('|', '\\|')}${secret ? ' (secret)' : ''} |`;
  });
  return ['| variable | default | effect |', '|---|---|---|', ...rows].join('\n');
}
