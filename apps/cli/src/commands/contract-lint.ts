import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Finding, lintContractFile, readContractTexts } from '#contracts';
import { coloured, EXIT, print, printable, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  national?: boolean;
}

export function contractLint(parent: Command): void {
  parent
    .command('lint <folder>')
    .description('judge contract files by the house rules (docs/contract-rules.md); needs no network')
    .option('--national', 'as for the national release: too few examples are an error')
    .option('--json', 'machine readable')
    .action((folder: string, options: Options) => {
      if (!existsSync(folder)) throw new UsageError(`No folder ${folder}`);
      const contracts = readContractTexts(folder);
      if (contracts.length === 0) {
        throw new UsageError(
          `No contract under ${folder}: expected <domain>/<contract>/v<major>.schema.json`,
        );
      }
      const findings = contracts
        .flatMap((contract) => lintContractFile(contract, { national: options.national ?? false }))
        .map((finding) => ({ ...finding, file: join(folder, finding.file) }));
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      const warnings = findings.length - errors;
      print(options, { contracts: contracts.length, errors, warnings, findings }, [
        ...table(findings),
        `${contracts.length} contracts: ${errors} errors, ${warnings} warnings.`,
      ]);
      if (errors > 0) process.exitCode = EXIT.refused;
    });
}

/** A line a finding, with how to mend it where a rule is met first. */
function table(findings: Finding[]): string[] {
  const places = findings.map(({ file, line, column }) => `${printable(file)}:${line}:${column}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  const explained = new Set<string>();
  return findings.flatMap(({ severity, rule, message, hint }, index) => {
    const colour = severity === 'error' ? 'red' : 'yellow';
    const line = [
      places[index]!.padEnd(width),
      coloured(colour, severity.padEnd(7)),
      rule.padEnd(15),
      printable(message),
    ].join('  ');
    if (explained.has(rule)) return [line];
    explained.add(rule);
    return [line, coloured('dim', `${' '.repeat(width)}  ${hint}`)];
  });
}
