import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { IMPORT_FORMATS, importContracts, type ImportFormat, type ImportOutcome } from '#contracts';
import { type ContractFiles, filesOf } from '../imported-files.js';
import { EXIT, print, printable, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  format: ImportFormat;
  message?: string;
  out: string;
  force?: boolean;
}

export function contractImport(parent: Command): void {
  parent
    .command('import <file>')
    .description(
      'make contract files of a document in another format, one contract of each message; needs no network',
    )
    .addOption(new Option('--format <format>', 'of the file').choices(IMPORT_FORMATS).default('odcs'))
    .option('--message <name>', 'only this message of an AsyncAPI document, by its name or topic')
    .requiredOption('--out <folder>', 'folder of contracts: <domain>/<contract> is made in it')
    .option('--force', 'replace files that are there')
    .option('--json', 'machine readable')
    .action((file: string, { format, message, ...options }: Options) => {
      if (!existsSync(file)) throw new UsageError(`No file ${file}`);
      const outcome = importContracts({ format, text: readFileSync(file, 'utf8'), message });
      const made = filesOf(outcome.contracts, options.out);
      write(made, options.force ?? false);
      print(options, { ...outcome, files: made.flatMap(({ files }) => Object.keys(files)) }, [
        ...made.flatMap(({ files }) => Object.keys(files).map((target) => `Written: ${target}`)),
        ...lines(outcome),
        `Next: wasl contract lint ${made.length === 1 ? made[0]!.folder : options.out}`,
      ]);
      if (outcome.refused.length > 0) process.exitCode = EXIT.refused;
    });
}

/** All files or, where one is there already, none. */
function write(made: readonly ContractFiles[], force: boolean): void {
  const texts = new Map(made.flatMap(({ files }) => Object.entries(files)));
  for (const target of texts.keys()) {
    if (!force && existsSync(target)) throw new UsageError(`${target} is there already (--force)`);
  }
  for (const { folder } of made) {
    for (const kind of ['valid', 'invalid']) mkdirSync(join(folder, 'examples', kind), { recursive: true });
  }
  for (const [target, text] of texts) writeFileSync(target, text);
}

function lines({ contracts, refused }: ImportOutcome): string[] {
  const notes = contracts.flatMap(({ source, governance, notes }) => [
    `${governance['name'] as string}, of ${source || 'the document'}${notes.length > 0 ? ':' : ''}`,
    ...notes.map((note) => `  ${note.in} ${note.pointer || '/'}: ${note.message}`),
  ]);
  const none = refused.flatMap(({ source, name, message }) => [
    `No contract of ${name}, ${source}:`,
    `  ${message}`,
  ]);
  return [...notes, ...none].map(printable);
}
