export { canonicalText, schemaGuid, schemaSha256 } from './canonical.js';
export { CompiledContract } from './compiled-contract.js';
export {
  type ContractFile,
  type Governance,
  type InvalidExample,
  readContracts,
  type Texts,
} from './contract-files.js';
export { ASSERTED_FORMATS } from './formats.js';
export { LINT_LIMITS, type LintLimits, lintSchema } from './lint.js';
export { parsePayload } from './payload.js';
