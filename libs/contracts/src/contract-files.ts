import { basename } from 'node:path';
import { parse } from 'yaml';
import type { Violation } from '#protocol';
import { inOrderOfReferences } from './contract-references.js';
import { type ContractFolder, readContractTexts } from './contract-texts.js';
import { governanceViolations, type Governance, type TypeGovernance } from './governance.js';
import type { References } from './references.js';

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
  /** the contracts it refers to, directly or through others, as far as they lie in the same folder of contracts */
  references: References;
  governance: Governance | TypeGovernance;
  examples: { valid: { file: string; payload: unknown }[]; invalid: InvalidExample[] };
}

/**
 * Reads every contract under a folder, in order of topic, but each after those it refers to. Throws what the file
 * system, YAML or JSON throw, and an Error that names what is wrong in a `contract.yaml` or a circle of references.
 */
export function readContracts(directory: string): ContractFile[] {
  const contracts = readContractTexts(directory).map(interpret);
  return inOrderOfReferences(contracts.sort((a, b) => (a.topic < b.topic ? -1 : 1)));
}

function interpret({ name, major, schema, references, contract, examples }: ContractFolder): ContractFile {
  const governance = readGovernance(contract);
  if (governance.name !== name) throw new Error(`${contract.file}: name must be ${name}`);
  return {
    topic: `${name}.v${major}`,
    name,
    major,
    schemaText: schema.text,
    references,
    governance,
    examples: {
      valid: examples.valid.map(({ file, text }) => ({
        file: basename(file),
        payload: JSON.parse(text) as unknown,
      })),
      invalid: examples.invalid.map(({ file, text }) => ({
        file: basename(file),
        ...(JSON.parse(text) as Omit<InvalidExample, 'file'>),
      })),
    },
  };
}

function readGovernance({ file, text }: ContractFolder['contract']): Governance | TypeGovernance {
  const governance: unknown = parse(text);
  const violations = governanceViolations(governance);
  if (violations.length === 0) return governance as Governance | TypeGovernance;
  const broken = violations.map(({ pointer, rule }) => `${pointer || '/'} breaks ${rule}`);
  throw new Error(`${file}: ${broken.join(', ')}`);
}
