import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { IMPORT_FORMATS, importContract, type ImportFormat, topicOfUrn } from '#contracts';
import { print, printable, UsageError, type OutputOptions } from '../output.js';

interface Options extends OutputOptions {
  format: ImportFormat;
  out: string;
  force?: boolean;
}

export function contractImport(parent: Command): void {
  parent
    .command('import <file>')
    .description('make contract files of a document in another format; needs no network')
    .addOption(new Option('--format <format>', 'of the file').choices(IMPORT_FORMATS).default('odcs'))
    .requiredOption('--out <folder>', 'folder of contracts: <domain>/<contract> is made in it')
    .option('--force', 'replace files that are there')
    .option('--json', 'machine readable')
    .action((file: string, options: Options) => {
      if (!existsSync(file)) throw new UsageError(`No file ${file}`);
      const { governance, schemaText, notes } = importContract(options.format, readFileSync(file, 'utf8'));
      const { $id } = JSON.parse(schemaText) as { $id: string };
      const [domain, name, major] = topicOfUrn($id)!.split('.') as [string, string, string];
      const folder = join(options.out, domain, name);
      const files = {
        [join(folder, `${major}.schema.json`)]: `${JSON.stringify(JSON.parse(schemaText), null, 2)}\n`,
        [join(folder, 'contract.yaml')]: stringify(governance, { aliasDuplicateObjects: false }),
      };
      for (const target of Object.keys(files)) {
        if (!options.force && existsSync(target))
          throw new UsageError(`${target} is there already (--force)`);
      }
      for (const kind of ['valid', 'invalid']) mkdirSync(join(folder, 'examples', kind), { recursive: true });
      for (const [target, text] of Object.entries(files)) writeFileSync(target, text);
      print(options, { files: Object.keys(files), notes }, [
        ...Object.keys(files).map((target) => `Written: ${target}`),
        ...notes.map((note) => printable(`  ${note.in} ${note.pointer || '/'}: ${note.message}`)),
        `Next: wasl contract lint ${folder}`,
      ]);
    });
}
