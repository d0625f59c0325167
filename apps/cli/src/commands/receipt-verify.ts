import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { verifyReceipt, type Receipt, type Trust } from '#protocol';
import { EXIT, print, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  trust: string;
  payload?: string;
}

function readJson<T>(file: string, format: string): T {
  if (!existsSync(file)) throw new UsageError(`No file ${file}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
  if ((content as { format?: unknown } | null)?.format !== format)
    throw new UsageError(`${file} has not the format ${format}`);
  return content as T;
}

export function receiptVerify(parent: Command): void {
  parent
    .command('verify <receipt>')
    .description('verify a receipt offline: manifest, payload, evidence, inclusion proof and checkpoint')
    .requiredOption('--trust <file>', 'keys to verify with, from "wasl trust fetch"')
    .option('--payload <file>', 'the payload, to check its digest as well')
    .option('--json', 'machine readable report')
    .addHelpText(
      'after',
      '\nExit code: 0 verified, 1 not verified, 2 used wrongly. Reasons: docs/formats/receipt.md',
    )
    .action((file: string, options: Options) => {
      const receipt = readJson<Receipt>(file, 'wasl-receipt/1');
      const trust = readJson<Trust>(options.trust, 'wasl-trust/1');
      if (options.payload && !existsSync(options.payload)) throw new UsageError(`No file ${options.payload}`);
      const report = verifyReceipt(
        receipt,
        trust,
        options.payload ? { payload: readFileSync(options.payload) } : {},
      );
      print(options, report, [
        ...report.checks.map(
          ({ check, ok, reason, detail }) =>
            `  ${ok ? 'ok    ' : 'FAILED'}  ${check.padEnd(26)}${ok ? '' : ` ${reason ?? ''}${detail ? `: ${detail}` : ''}`}`,
        ),
        report.ok ? 'Verified.' : 'NOT verified.',
      ]);
      process.exitCode = report.ok ? EXIT.done : EXIT.refused;
    });
}
