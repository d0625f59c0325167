import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import Table from 'cli-table3';
import { projectFile } from '#service';
import type { LoadResult } from './http-load.js';

/** What one case gave, a result a round. */
export interface Row {
  name: string;
  /** Row that this one is a share of. */
  bare: string;
  /** With microseconds of processor time of the server's process, a request. */
  rounds: (LoadResult & { cpu: number })[];
}

export interface StepCost {
  step: string;
  /** Of one thread, or of waiting where the step is a call to a server. */
  microseconds: number;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export function summarise(rows: readonly Row[]) {
  const perSecond = ({ rounds }: Row) => Math.round(median(rounds.map((round) => round.perSecond)));
  return rows.map((row) => {
    const base = rows.find(({ name }) => name === row.bare);
    return {
      name: row.name,
      perSecond: perSecond(row),
      percentOfBare: base && Math.round((100 * perSecond(row)) / perSecond(base)),
      p50: median(row.rounds.map(({ p50 }) => p50)),
      p99: median(row.rounds.map(({ p99 }) => p99)),
      cpu: median(row.rounds.map(({ cpu }) => cpu)),
      rounds: row.rounds.map((round) => Math.round(round.perSecond)),
    };
  });
}

export function speedTable(what: string, rows: ReturnType<typeof summarise>): string {
  const table = newTable([what, 'a second', 'of bare', 'p50 ms', 'p99 ms', 'CPU µs', 'rounds']);
  for (const { name, perSecond, percentOfBare, p50, p99, cpu, rounds } of rows) {
    const share = percentOfBare === undefined ? '' : `${percentOfBare} %`;
    const milliseconds = [p50, p99].map((value) => value.toFixed(1));
    table.push([
      name,
      perSecond.toLocaleString('en'),
      share,
      ...milliseconds,
      cpu.toFixed(0),
      rounds.join(' '),
    ]);
  }
  return table.toString();
}

export function stepTable(what: string, steps: readonly StepCost[]): string {
  const table = newTable(['step', what]);
  for (const { step, microseconds } of steps) table.push([step, microseconds.toFixed(1)]);
  return table.toString();
}

/** The machine in one line. */
export const machine = () =>
  `${cpus().length} cores (${cpus()[0]?.model}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`;

/** Writes `.wasl/bench/<name>.json`. */
export function save(name: string, result: object): void {
  mkdirSync(projectFile('.wasl/bench'), { recursive: true });
  const dated = { at: new Date().toISOString(), node: process.version, ...result };
  writeFileSync(projectFile(`.wasl/bench/${name}.json`), `${JSON.stringify(dated, null, 2)}\n`);
}

function newTable(head: string[]): Table.Table {
  return new Table({
    head,
    colAligns: head.map((column, index) => (index === 0 || column === 'rounds' ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}
