import Table from 'cli-table3';
import type { Environment } from './services.js';
import type { Options } from './options.js';
import { figure } from './progress.js';

/** One figure of the job: what it is, what was found, what it has to be. */
export interface Figure {
  what: string;
  found: string | number;
  expected: string | number;
  ok: boolean;
}

export interface JobReport {
  asExpected: boolean;
  figures: Figure[];
  /** Rejections by rule: what was refused, how often. */
  rejections: { reason: string; count: number }[];
  checkpoint: string;
  /** A message of the job, to try the command line with. */
  example: { id: string; sender: string };
}

const plain = { head: [], border: [], compact: true };
const shown = (value: string | number) => (typeof value === 'number' ? figure(value) : value);

export function figureOf(what: string, found: string | number, expected: string | number): Figure {
  return { what, found, expected, ok: found === expected };
}

export function printReport(report: JobReport, elapsedMs: number): void {
  const table = new Table({
    head: ['what happened', 'found', 'expected', ''],
    colAligns: ['left', 'right', 'right', 'left'],
    style: plain,
  });
  for (const { what, found, expected, ok } of report.figures)
    table.push([what, shown(found), shown(expected), ok ? '✓' : '✗']);
  console.log(`\n${table.toString()}`);
  const rejections = new Table({
    head: ['births refused because', 'messages'],
    colAligns: ['left', 'right'],
    style: plain,
  });
  for (const { reason, count } of report.rejections) rejections.push([reason, figure(count)]);
  console.log(`\n${rejections.toString()}`);
  console.log(
    `\nCheckpoint of the ledger, verified:\n\n${report.checkpoint.replace(/^/gm, '    ').trimEnd()}\n`,
  );
  const verdict = report.asExpected ? 'Everything is as expected' : 'NOT as expected: see the rows marked ✗';
  console.log(`${verdict}, ${(elapsedMs / 1000).toFixed(1)} s after the start.\n`);
}

export function printAddresses(options: Options, environment: Environment, { example }: JobReport): void {
  const table = new Table({ head: ['service', 'address', 'its API, to read and try'], style: plain });
  for (const service of ['gateway', 'registry', 'directory', 'connector', 'audit'] as const) {
    table.push([service, environment[service], `${environment[service]}/docs`]);
  }
  console.log(table.toString());
  console.log(`
Try:  npx wasl status
      npx wasl follow territory.unit.v1 --as urn:wasl:dz:education:enrolment --max 3 --wait 0
      npx wasl trust fetch --out trust.json
      npx wasl receipt fetch ${example.id} --as ${example.sender} --out receipt.json
      npx wasl receipt verify receipt.json --trust trust.json

State is in ${options.state}; "npm start -- --fresh" forgets it. Ctrl-C stops everything.
`);
}
