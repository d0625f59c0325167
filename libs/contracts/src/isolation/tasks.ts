import { WaslError, type Violation } from '#protocol';
import { CompiledContract } from '../compiled-contract.js';
import { importContracts } from '../export/import-contract.js';
import {
  type ContractTexts,
  lintContractFile,
  lintContractSchema,
  type LintOptions,
} from '../house-rules/lint-contract.js';
import type { Finding } from '../house-rules/rules.js';
import type { SchemaSource } from '../references.js';
import { semanticVerdict } from '../semantic/verdict.js';

export type SchemaTexts = Pick<ContractTexts, 'schema' | 'references'>;

/** What `SchemaWorkers` can run: pure functions of what can be cloned. Heavy work on hostile schemas belongs here. */
export const SCHEMA_TASKS = {
  /** Lints and compiles a schema; what is wrong with it. */
  'compile-check': ({ text, references }: SchemaSource): Violation[] => {
    try {
      CompiledContract.compile(text, references);
      return [];
    } catch (error) {
      if (!(error instanceof WaslError)) throw error;
      return error.violations ?? [{ pointer: '', rule: 'schema', message: error.detail }];
    }
  },
  /** What is wrong with each payload. Throws `invalid-schema`. */
  'validate-examples': ({
    text,
    references,
    payloads,
  }: SchemaSource & { payloads: unknown[] }): Violation[][] => {
    const contract = CompiledContract.compile(text, references);
    return payloads.map((payload) => [...contract.validate(payload)]);
  },
  /** Judges a schema by the house rules. */
  'lint-schema': ({ schema, references }: SchemaTexts): Finding[] =>
    lintContractSchema(schema.text, schema.file, references),
  /** Judges a contract by the house rules. */
  'lint-contract': ({ options, ...texts }: ContractTexts & { options?: LintOptions }): Finding[] =>
    lintContractFile(texts, options),
  /** Makes contracts of a document in another format. Throws `malformed-body`, `invalid-schema`. */
  import: importContracts,
  /** Whether every payload of one version is valid by the other. */
  semantic: semanticVerdict,
};

export type SchemaTasks = typeof SCHEMA_TASKS;
export type SchemaTask = keyof SchemaTasks;
export type TaskInput<T extends SchemaTask> = Parameters<SchemaTasks[T]>[0];
export type TaskOutput<T extends SchemaTask> = ReturnType<SchemaTasks[T]>;
