import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { contractTextsIn, contractUrn, resolvedReferences } from './contract-references.js';
import type { ContractTexts, NamedText } from './house-rules/lint-contract.js';
import type { References } from './references.js';

const SCHEMA_FILE = /^v([1-9]\d{0,3})\.schema\.json$/;
/** `<domain>/<contract>` below the folder that holds them all */
const MAX_DEPTH = 2;

/** The files of one major version of a contract, uninterpreted. */
export interface ContractFolder extends ContractTexts {
  expectedId: string;
  references: References;
  /** `<domain>.<contract>`, after the folders */
  name: string;
  major: number;
}

/**
 * Reads the files of every contract under a folder: that of all domains, of one domain, or of one contract. Files that
 * are missing read as empty. Names of files are relative to the folder. Throws what the file system throws.
 */
export function readContractTexts(directory: string): ContractFolder[] {
  return contractFolders(resolve(directory), MAX_DEPTH).flatMap((folder) => {
    const read = (file: string): NamedText => ({
      file: relative(directory, join(folder, file)),
      text: existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '',
    });
    const examples = (kind: string) =>
      entries(join(folder, 'examples', kind))
        .filter((file) => file.endsWith('.json'))
        .map((file) => read(join('examples', kind, file)));
    const textOf = contractTextsIn(dirname(dirname(folder)));
    const name = `${basename(dirname(folder))}.${basename(folder)}`;
    return entries(folder).flatMap((file) => {
      const major = Number(SCHEMA_FILE.exec(file)?.[1] ?? 0);
      if (major === 0) return [];
      const schema = read(file);
      return {
        name,
        major,
        expectedId: contractUrn({ name, major }),
        schema,
        references: resolvedReferences(schema.text, textOf),
        contract: read('contract.yaml'),
        examples: { valid: examples('valid'), invalid: examples('invalid') },
      };
    });
  });
}

function contractFolders(folder: string, depth: number): string[] {
  const inside = readdirSync(folder, { withFileTypes: true });
  if (inside.some((entry) => entry.isFile() && SCHEMA_FILE.test(entry.name))) return [folder];
  if (depth === 0) return [];
  return inside
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => contractFolders(join(folder, name), depth - 1));
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
