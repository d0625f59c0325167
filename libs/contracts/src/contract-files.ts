import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Violation } from '#protocol';
import { governanceViolations, type Governance, type TypeGovernance } from './governance.js';

export interface InvalidExample {
  file: string;
  payload: unknown;
  expected: Pick<Violation, 'pointer' | 'rule'>;
}

/** One major version of a contract as it lies under `schemas/<domain>/<contract>/`. */
export interface ContractFile {
  topic: string;
  /** `<domain>.<contract>` */
  name: string;
  major: number;
  schemaText: string;
  governance: Governance | TypeGovernance;
  examples: { valid: { file: string; payload: unknown }[]; invalid: InvalidExample[] };
}

/** Reads every contract under a folder, in order of topic. Throws what the file system, YAML or JSON throw, and an Error that names what is wrong in a `contract.yaml`. */
export function readContracts(directory: string): ContractFile[] {
  const contracts: ContractFile[] = [];
  for (const domain of folders(directory)) {
    for (const contract of folders(join(directory, domain))) {
      const folder = join(directory, domain, contract);
      for (const file of readdirSync(folder)) {
        const major = /^v([1-9]\d*)\.schema\.json$/.exec(file)?.[1];
        if (major !== undefined) contracts.push(readContract(folder, `${domain}.${contract}`, Number(major)));
      }
    }
  }
  return contracts.sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

function readContract(folder: string, name: string, major: number): ContractFile {
  const governance = readGovernance(join(folder, 'contract.yaml'));
  if (governance.name !== name) throw new Error(`${folder}/contract.yaml: name must be ${name}`);
  return {
    topic: `${name}.v${major}`,
    name,
    major,
    schemaText: readFileSync(join(folder, `v${major}.schema.json`), 'utf8'),
    governance,
    examples: {
      valid: jsonFiles(join(folder, 'examples', 'valid')).map(({ file, content }) => ({
        file,
        payload: content,
      })),
      invalid: jsonFiles(join(folder, 'examples', 'invalid')).map(({ file, content }) => ({
        file,
        ...(content as { payload: unknown; expected: InvalidExample['expected'] }),
      })),
    },
  };
}

function readGovernance(file: string): Governance | TypeGovernance {
  const governance: unknown = parse(readFileSync(file, 'utf8'));
  const violations = governanceViolations(governance);
  if (violations.length === 0) return governance as Governance | TypeGovernance;
  const broken = violations.map(({ pointer, rule }) => `${pointer || '/'} breaks ${rule}`);
  throw new Error(`${file}: ${broken.join(', ')}`);
}

function folders(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function jsonFiles(folder: string): { file: string; content: unknown }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, content: JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown }));
}
