import { existsSync } from 'node:fs';
import type { ContractPlan } from '#client';
import { type ContractFile, readContracts } from '#contracts';
import { type Language, language } from './language.js';
import { coloured, printable, UsageError } from './output.js';
import { PLAN_WORDS } from './plan-words.js';

/** @throws UsageError where there is no contract */
export function contractsIn(folder: string): ContractFile[] {
  if (!existsSync(folder)) throw new UsageError(`No folder ${folder}`);
  const contracts = readContracts(folder);
  if (contracts.length > 0) return contracts;
  throw new UsageError(`No contract under ${folder}: expected <domain>/<contract>/v<major>.schema.json`);
}

export function isBreaking({ change }: ContractPlan): boolean {
  return change === 'breaking';
}

export function changesAnything({ change, governance }: ContractPlan): boolean {
  return change !== 'unchanged' || governance !== 'unchanged';
}

const MOST_REASONS = 10;
const MOST_CONSUMERS = 20;

/** A plan for people: a line a contract, and below it why, whom it affects and what is offered. */
export function planLines(plans: readonly ContractPlan[], spoken: Language = language()): string[] {
  const words = PLAN_WORDS[spoken];
  const width = Math.max(...plans.map(({ topic }) => topic.length));
  const lines = plans.flatMap((plan) => [
    `  ${plan.topic.padEnd(width)}  ${whatChanges(plan, spoken)}`,
    ...planDetails(plan, spoken).map((line) => `  ${' '.repeat(width)}  ${line}`),
  ]);
  const changed = plans.filter(changesAnything).length;
  const breaking = plans.filter(isBreaking).length;
  return [...lines, words.summary(plans.length, changed, breaking)];
}

/** What becomes of a contract, in a line. */
export function whatChanges(plan: ContractPlan, spoken: Language): string {
  const { change, version, governance, follows, reasons } = plan;
  const words = PLAN_WORDS[spoken];
  const number = words.version(version);
  const schema = {
    first: coloured('green', words.first),
    unchanged: words.unchanged,
    compatible:
      reasons.length === 0
        ? coloured('green', words.compatible(number))
        : coloured('yellow', words.warned(number)),
    breaking: coloured('red', words.breaking),
    unknown: coloured('yellow', words.unknown),
  }[change];
  const told = governance === 'changed' ? [words.governance] : [];
  const after = follows.length > 0 && change !== 'first' ? [words.follows(follows.join(', '))] : [];
  return [schema, ...told, ...after].join('; ');
}

/** Why, for whom, and what is offered instead. */
export function planDetails({ reasons, consumers, offer, change }: ContractPlan, spoken: Language): string[] {
  const words = PLAN_WORDS[spoken];
  const why = reasons.slice(0, MOST_REASONS).flatMap(({ pointer, message, hint, example }) => {
    const said = hint?.[spoken] ?? message;
    return [
      printable(pointer === undefined ? said : `${pointer || '/'}: ${said}`),
      ...(example === undefined
        ? []
        : [`  ${printable(words.example(JSON.stringify(example).slice(0, 300)))}`]),
    ];
  });
  const named = consumers.slice(0, MOST_CONSUMERS).join(', ');
  const whom =
    consumers.length > 0 && change !== 'unchanged'
      ? [printable(words.received(named + (consumers.length > MOST_CONSUMERS ? ' …' : '')))]
      : [];
  const more = reasons.length > MOST_REASONS ? [words.more(reasons.length - MOST_REASONS)] : [];
  const instead = offer ? [printable(words.offer(offer.topic, offer.sunset.slice(0, 10)))] : [];
  return [...why, ...more, ...whom, ...instead];
}
