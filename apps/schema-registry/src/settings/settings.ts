import {
  COMPATIBILITY_LEVELS,
  COMPATIBILITY_POLICIES,
  type CompatibilityLevel,
  type CompatibilityPolicy,
} from '#contracts';
import { GLOBAL_CONTEXT, qualifiedName, type QualifiedSubject } from '../schemas/qualified-subject.js';
import { type Metadata, metadataAnswer, parseMetadata, ShapeError, text } from '../schemas/metadata.js';
import { parseRuleSet, type RuleSet, ruleSetAnswer } from '../schemas/rule-set.js';

/** What the semantic verdict does at registration: nothing, a header, or a refusal. */
export const SEMANTIC_POLICIES = ['OFF', 'WARN', 'BLOCK'] as const;
export type SemanticPolicy = (typeof SEMANTIC_POLICIES)[number];

export const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const;
export type Mode = (typeof MODES)[number];

/** Settings of a subject, a context or all; names as the Confluent API has them, `semanticPolicy` apart. */
export interface Config {
  compatibilityLevel?: CompatibilityLevel;
  compatibilityPolicy?: CompatibilityPolicy;
  semanticPolicy?: SemanticPolicy;
  compatibilityGroup?: string;
  alias?: string;
  aliasForDeks?: string;
  normalize?: boolean;
  validateFields?: boolean;
  validateNames?: boolean;
  validateRules?: boolean;
  validateNewSchemas?: boolean;
  defaultMetadata?: Metadata;
  overrideMetadata?: Metadata;
  defaultRuleSet?: RuleSet;
  overrideRuleSet?: RuleSet;
}

/** A change of settings: `null` takes a setting back. */
export type ConfigChange = { [K in keyof Config]?: Config[K] | null };

/** What holds for a subject when nothing more particular was set. */
export const DEFAULT_LEVEL: CompatibilityLevel = 'BACKWARD';
export const DEFAULT_MODE: Mode = 'READWRITE';

/** One of the words a setting may be, in any case. */
export class WordError extends Error {}

export function word<T extends string>(value: unknown, allowed: readonly T[]): T {
  const given = typeof value === 'string' ? value.toUpperCase() : '';
  const found = allowed.find((item) => item === given);
  if (found === undefined) throw new WordError(`one of ${allowed.join(', ')}`);
  return found;
}

const STRINGS = ['compatibilityGroup', 'alias', 'aliasForDeks'] as const;
const FLAGS = [
  'normalize',
  'validateFields',
  'validateNames',
  'validateRules',
  'validateNewSchemas',
] as const;
const METADATA = ['defaultMetadata', 'overrideMetadata'] as const;
const RULE_SETS = ['defaultRuleSet', 'overrideRuleSet'] as const;

/**
 * The body of `PUT /config`; members nobody knows are ignored.
 * @throws WordError for a wrong level, ShapeError, RuleError
 */
export function parseConfigChange(body: Record<string, unknown>): ConfigChange {
  const change: ConfigChange = {};
  const level = Object.hasOwn(body, 'compatibility') ? body['compatibility'] : body['compatibilityLevel'];
  if (level !== undefined)
    change.compatibilityLevel = level === null ? null : word(level, COMPATIBILITY_LEVELS);
  const read = <K extends keyof Config>(
    names: readonly K[],
    parse: (value: unknown, name: string) => unknown,
  ) => {
    for (const name of names) {
      const value = Object.hasOwn(body, name) ? body[name] : undefined;
      if (value !== undefined) change[name] = (value === null ? null : parse(value, name)) as ConfigChange[K];
    }
  };
  read(['compatibilityPolicy'], (value) => word(value, COMPATIBILITY_POLICIES));
  read(['semanticPolicy'], (value) => word(value, SEMANTIC_POLICIES));
  read(STRINGS, (value, name) => text(value, name) || null);
  read(FLAGS, (value, name) => {
    if (typeof value !== 'boolean') throw new ShapeError(`${name} must be true or false`);
    return value;
  });
  read(METADATA, parseMetadata);
  read(RULE_SETS, parseRuleSet);
  return change;
}

export function changed(config: Config, change: ConfigChange): Config {
  const merged = { ...config, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** As answers show it: the level under the name asked for, empty members left out. */
export function configAnswer(config: ConfigChange, level: 'compatibility' | 'compatibilityLevel'): object {
  const { compatibilityLevel, defaultMetadata, overrideMetadata, defaultRuleSet, overrideRuleSet, ...rest } =
    config;
  return {
    ...rest,
    ...(compatibilityLevel === undefined ? {} : { [level]: compatibilityLevel }),
    ...(defaultMetadata ? { defaultMetadata: metadataAnswer(defaultMetadata) } : {}),
    ...(overrideMetadata ? { overrideMetadata: metadataAnswer(overrideMetadata) } : {}),
    ...(defaultRuleSet ? { defaultRuleSet: ruleSetAnswer(defaultRuleSet) } : {}),
    ...(overrideRuleSet ? { overrideRuleSet: ruleSetAnswer(overrideRuleSet) } : {}),
  };
}

/** Names under which settings that hold for a subject are kept, the most particular first. */
export function scopeOf(subject: QualifiedSubject): string[] {
  const context = qualifiedName({ context: subject.context, subject: '' });
  const global = qualifiedName({ context: GLOBAL_CONTEXT, subject: '' });
  return [...new Set([qualifiedName(subject), context, global])];
}

/** What is kept under one name. */
export interface Setting {
  config?: Config;
  mode?: Mode;
}

/** Settings in scope: the most particular config, its level from a wider one if it names none. */
export function inScope(
  scope: readonly (Setting | undefined)[],
): Config & { compatibilityLevel: CompatibilityLevel; mode: Mode } {
  const configs = scope.flatMap((setting) => setting?.config ?? []);
  const modes = scope.flatMap((setting) => setting?.mode ?? []);
  const level = configs.find(({ compatibilityLevel }) => compatibilityLevel)?.compatibilityLevel;
  const override = modes.includes('READONLY_OVERRIDE') ? 'READONLY_OVERRIDE' : undefined;
  return {
    ...configs[0],
    compatibilityLevel: level ?? DEFAULT_LEVEL,
    mode: override ?? modes[0] ?? DEFAULT_MODE,
  };
}
