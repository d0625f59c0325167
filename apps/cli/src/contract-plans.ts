import { existsSync } from 'node:fs';
import type { ContractPlan } from '#client';
import { type ContractFile, readContracts } from '#contracts';
import { coloured, printable, UsageError } from './output.js';

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
export function planLines(plans: readonly ContractPlan[]): string[] {
  const width = Math.max(...plans.map(({ topic }) => topic.length));
  const lines = plans.flatMap((plan) => [
    `  ${plan.topic.padEnd(width)}  ${whatChanges(plan)}`,
    ...details(plan).map((line) => `  ${' '.repeat(width)}  ${line}`),
  ]);
  const changed = plans.filter(changesAnything).length;
  const breaking = plans.filter(isBreaking).length;
  const contracts = `${plans.length} contract${plans.length === 1 ? '' : 's'}`;
  return [...lines, `${contracts}: ${changed} to publish, ${breaking} breaking.`];
}

function whatChanges({ change, version, governance, follows, reasons }: ContractPlan): string {
  const number = version === undefined ? 'new version' : `version ${version}`;
  const schema = {
    first: coloured('green', 'new'),
    unchanged: 'unchanged',
    compatible:
      reasons.length === 0
        ? coloured('green', `${number}, compatible`)
        : coloured('yellow', `${number}, compatible with warnings`),
    breaking: coloured('red', 'breaking'),
    unknown: coloured('yellow', 'new version, judged when it is published'),
  }[change];
  const told = governance === 'changed' ? [`governance changed`] : [];
  const after = follows.length > 0 && change !== 'first' ? [`refers to the new ${follows.join(', ')}`] : [];
  return [schema, ...told, ...after].join('; ');
}

function details({ reasons, consumers, offer, change }: ContractPlan): string[] {
  const why = reasons
    .slice(0, MOST_REASONS)
    .flatMap(({ pointer, message, example }) => [
      printable(pointer === undefined ? message : `${pointer || '/'}: ${message}`),
      ...(example === undefined ? [] : [printable(`  for example ${JSON.stringify(example).slice(0, 300)}`)]),
    ]);
  const whom =
    consumers.length > 0 && change !== 'unchanged'
      ? [
          printable(
            `received by ${consumers.slice(0, MOST_CONSUMERS).join(', ')}${consumers.length > MOST_CONSUMERS ? ' …' : ''}`,
          ),
        ]
      : [];
  const more =
    reasons.length > MOST_REASONS ? [`… and ${reasons.length - MOST_REASONS} more reasons (--json)`] : [];
  const instead = offer
    ? [printable(`publish it as ${offer.topic} instead; this one could end on ${offer.sunset.slice(0, 10)}`)]
    : [];
  return [...why, ...more, ...whom, ...instead];
}
