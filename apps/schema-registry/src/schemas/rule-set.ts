import type { Hash } from 'node:crypto';
import { byName, record, ShapeError, sortedMap, sortedSet, text } from './metadata.js';

const KINDS = ['CONDITION', 'TRANSFORM'];
const MIGRATION_MODES = ['UPGRADE', 'DOWNGRADE', 'UPDOWN'];
const DOMAIN_MODES = ['WRITE', 'READ', 'WRITEREAD'];
const ENABLE_AT = ['ALL', 'CLIENT', 'GATEWAY', 'SERVER', 'NONE'];
const MOST_RULES = 100;
const LONGEST_NAME = 256;

/** A rule that clients, or the gateway, run on messages; members as the Confluent API names them. */
export interface Rule {
  name: string;
  doc?: string;
  kind: string;
  mode: string;
  type: string;
  tags: string[];
  params: Record<string, string>;
  expr?: string;
  onSuccess?: string;
  onFailure?: string;
  disabled: boolean;
}

export interface RuleSet {
  migrationRules: Rule[];
  domainRules: Rule[];
  encodingRules: Rule[];
  enableAt?: string;
}

/** A rule set is refused: error code 42210. */
export class RuleError extends Error {}

/** @throws RuleError, ShapeError */
export function parseRuleSet(value: unknown): RuleSet | undefined {
  if (value === undefined || value === null) return undefined;
  const { migrationRules, domainRules, encodingRules, enableAt } = record(value, 'ruleSet');
  const ruleSet: RuleSet = {
    migrationRules: rules(migrationRules, 'Migration', MIGRATION_MODES),
    domainRules: rules(domainRules, 'Domain', DOMAIN_MODES),
    encodingRules: rules(encodingRules, 'Encoding', DOMAIN_MODES),
  };
  if (enableAt !== undefined && enableAt !== null) {
    if (!ENABLE_AT.includes(text(enableAt, 'ruleSet.enableAt')))
      throw new RuleError(`enableAt can only be ${ENABLE_AT.join(', ')}`);
    ruleSet.enableAt = enableAt as string;
  }
  return ruleSet;
}

function rules(value: unknown, group: string, modes: string[]): Rule[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ShapeError('a list of rules must be an array');
  if (value.length > MOST_RULES) throw new RuleError(`More than ${MOST_RULES} rules`);
  const names = new Set<string>();
  return value.map((item) => {
    const rule = parseRule(record(item, 'a rule'));
    if (names.has(rule.name)) throw new RuleError(`Found rule with duplicate name '${rule.name}'`);
    names.add(rule.name);
    if (!modes.includes(rule.mode)) throw new RuleError(`${group} rules can only be ${modes.join(', ')}`);
    return rule;
  });
}

function parseRule(rule: Record<string, unknown>): Rule {
  const name = ruleName(rule['name']);
  if (rule['type'] === undefined || rule['type'] === null) throw new RuleError('Missing rule type');
  const kind = oneOf(rule['kind'] ?? 'TRANSFORM', KINDS, 'kind');
  const mode = oneOf(rule['mode'] ?? 'WRITEREAD', [...MIGRATION_MODES, ...DOMAIN_MODES], 'mode');
  const parsed: Rule = {
    name,
    kind,
    mode,
    type: text(rule['type'], 'type'),
    tags: sortedSet(rule['tags'] ?? [], 'tags'),
    params: sortedMap(record(rule['params'] ?? {}, 'params'), text),
    disabled: rule['disabled'] === true,
  };
  for (const member of ['doc', 'expr', 'onSuccess', 'onFailure'] as const) {
    const given = rule[member];
    if (given !== undefined && given !== null) parsed[member] = text(given, member);
  }
  for (const action of [parsed.onSuccess, parsed.onFailure]) assertAction(action, mode);
  return parsed;
}

/** `a,b` names an action for each direction, so the rule must have two. */
function assertAction(action: string | undefined, mode: string): void {
  if (action?.includes(',') && mode !== 'WRITEREAD' && mode !== 'UPDOWN')
    throw new RuleError(
      `Only rules of mode WRITEREAD or UPDOWN may have two actions: ${action.slice(0, 64)}`,
    );
}

function ruleName(value: unknown): string {
  if (value === undefined || value === null) throw new RuleError('Missing rule name');
  const name = text(value, 'name');
  if (name === '') throw new RuleError('Empty rule name');
  if (name.length > LONGEST_NAME) throw new RuleError('Rule name too long');
  if (!/^[\p{L}_]/u.test(name)) throw new RuleError(`Illegal initial character in rule name: ${name}`);
  if (!/^[\p{L}\p{N}_-]+$/u.test(name)) throw new RuleError(`Illegal character in rule name: ${name}`);
  return name;
}

function oneOf(value: unknown, allowed: string[], at: string): string {
  if (!allowed.includes(text(value, at))) throw new RuleError(`${at} can only be ${allowed.join(', ')}`);
  return value as string;
}

/** Rules of the newer replace those of the same name. */
export function mergeRuleSets(older: RuleSet | undefined, newer: RuleSet | undefined): RuleSet | undefined {
  if (!older || !newer) return newer ?? older;
  const merge = (old: Rule[], added: Rule[]): Rule[] => {
    const names = new Set(added.map(({ name }) => name));
    return [...old.filter(({ name }) => !names.has(name)), ...added];
  };
  const enableAt = newer.enableAt ?? older.enableAt;
  return {
    migrationRules: merge(older.migrationRules, newer.migrationRules),
    domainRules: merge(older.domainRules, newer.domainRules),
    encodingRules: merge(older.encodingRules, newer.encodingRules),
    ...(enableAt === undefined ? {} : { enableAt }),
  };
}

/** A rule set without the rules of these names. */
export function withoutRules(ruleSet: RuleSet, names: readonly string[]): RuleSet {
  const kept = (rules: Rule[]): Rule[] => rules.filter(({ name }) => !names.includes(name));
  return {
    ...ruleSet,
    migrationRules: kept(ruleSet.migrationRules),
    domainRules: kept(ruleSet.domainRules),
    encodingRules: kept(ruleSet.encodingRules),
  };
}

/** Feeds a rule set to the digest that becomes a GUID, in Confluent's order. */
export function hashRuleSet(hash: Hash, ruleSet: RuleSet): void {
  for (const rule of [...ruleSet.migrationRules, ...ruleSet.domainRules, ...ruleSet.encodingRules]) {
    hash
      .update(rule.name)
      .update(rule.doc ?? '')
      .update(rule.kind)
      .update(rule.mode)
      .update(rule.type);
    for (const tag of rule.tags) hash.update(tag);
    for (const [name, value] of byName(rule.params)) hash.update(name).update(value);
    hash
      .update(rule.expr ?? '')
      .update(rule.onSuccess ?? '')
      .update(rule.onFailure ?? '');
    if (rule.disabled) hash.update(Buffer.of(1));
  }
  if (ruleSet.enableAt !== undefined) hash.update(ruleSet.enableAt);
}

/** A rule set as answers show it: empty members left out. */
export function ruleSetAnswer({ migrationRules, domainRules, encodingRules, enableAt }: RuleSet): object {
  const show = (name: string, list: Rule[]) => (list.length > 0 ? { [name]: list.map(ruleAnswer) } : {});
  return {
    ...show('migrationRules', migrationRules),
    ...show('domainRules', domainRules),
    ...show('encodingRules', encodingRules),
    ...(enableAt === undefined ? {} : { enableAt }),
  };
}

function ruleAnswer({ tags, params, ...rule }: Rule): object {
  return {
    ...rule,
    ...(tags.length > 0 ? { tags } : {}),
    ...(Object.keys(params).length > 0 ? { params } : {}),
  };
}
