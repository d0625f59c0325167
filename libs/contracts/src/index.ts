export { type BundleOptions, bundleSchema } from './bundle.js';
export { canonicalText, nestsDeeperThan, schemaGuid, schemaSha256 } from './canonical.js';
export {
  checkCompatibility,
  COMPATIBILITY_LEVELS,
  type CompatibilityLevel,
  type CompatibilityRequest,
  type CompatibilityVerdict,
  isBackward,
} from './compatibility/check.js';
export {
  COMPATIBILITY_POLICIES,
  type CompatibilityPolicy,
  type Difference,
  type DifferenceType,
} from './compatibility/difference.js';
export { CompiledContract } from './compiled-contract.js';
export {
  COMPILED_CONTRACTS_DEFAULTS,
  CompiledContracts,
  type CompiledContractsOptions,
} from './compiled-contracts.js';
export { type ContractFile, type InvalidExample, readContracts } from './contract-files.js';
export {
  contractUrn,
  fetchedReferences,
  parseTopic,
  referencesOf,
  topicOfUrn,
  type TopicParts,
} from './contract-references.js';
export { type ContractFolder, readContractTexts } from './contract-texts.js';
export { Untranslatable } from './export/draft07.js';
export type { ContractState, ExportedContract, Installation } from './export/exported-contract.js';
export { fromOdcs } from './export/from-odcs.js';
export { IMPORT_FORMATS, type ImportFormat, importContracts } from './export/import-contract.js';
export type { ImportedContract, ImportOutcome } from './export/imported-contract.js';
export { type AsyncApiSubject, toAsyncApi } from './export/to-asyncapi.js';
export { toOdcsYaml } from './export/to-odcs.js';
export { toTypeScript } from './export/typescript.js';
export { ASSERTED_FORMATS } from './formats.js';
export {
  type Classification,
  type ContractSteward,
  type Governance,
  governanceViolations,
  type LegalBasis,
  type Texts,
  TOPIC_GOVERNANCE_SCHEMA,
  TYPE_GOVERNANCE_SCHEMA,
  type TypeGovernance,
} from './governance.js';
export {
  type ContractTexts,
  lintContractFile,
  lintContractSchema,
  type LintOptions,
  MIN_EXAMPLES,
  type NamedText,
} from './house-rules/lint-contract.js';
export { type Finding, HOUSE_RULES, type HouseRule } from './house-rules/rules.js';
export {
  SCHEMA_WORKER_DEFAULTS,
  SchemaWorkers,
  type SchemaWorkersOptions,
  type TaskOutcome,
} from './isolation/schema-workers.js';
export type { SchemaTask, SchemaTasks, TaskInput, TaskOutput } from './isolation/tasks.js';
export { lintSchema } from './lint.js';
export { BUNDLE_LIMITS, LINT_LIMITS, type LintLimits } from './lint-limits.js';
export { parsePayload } from './payload.js';
export type { References, SchemaSource } from './references.js';
export type { SemanticReason } from './semantic/reasons.js';
export {
  SEMANTIC_LIMITS,
  type SemanticQuestion,
  semanticVerdict,
  type SemanticVerdict,
} from './semantic/verdict.js';
