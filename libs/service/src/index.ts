export { Access, requireRole, type AccessOptions } from './access/access.js';
export { AccessGuard, AccessModule } from './access/access-module.js';
export { Authenticator } from './access/authenticator.js';
export { CurrentCaller, Public, Roles, type Caller } from './access/caller.js';
export { BatchLoader } from './batch-loader.js';
export { bootService, type BootOptions, type RunningService } from './boot.js';
export {
  ConfigError,
  describeSettings,
  readConfig,
  type Config,
  type Environment,
  type Setting,
  type SettingSpec,
} from './config.js';
export { createPool, migrate, type Migration } from './database.js';
export {
  EVIDENCE_TOPIC,
  evidenceRecord,
  EvidenceSigner,
  type EventName,
  type SignedEvidence,
} from './evidence-signer.js';
export { controlViewCheck, databaseCheck, type HealthCheck } from './health.js';
export { chooseLanguage, type Language } from './language.js';
export { createLogger, type Logger } from './logger.js';
export { createMetrics } from './metrics.js';
export { MicroBatcher, type BatchLimits } from './micro-batcher.js';
export { toProblem, toWaslError, type Problem, type ProblemResponse } from './problem.js';
export { ProblemFilter } from './problem-filter.js';
export { sendProblem, type ForeignError, type MapError } from './problem-reply.js';
export { projectFile } from './project-file.js';
export {
  choice,
  COMMON_SETTINGS,
  DATABASE_URL_SETTING,
  flag,
  integer,
  KEY_FILE_SETTING,
  list,
  optional,
  portSetting,
  secret,
  text,
  url,
} from './settings.js';
export { traceIdOf, traceparent } from './trace.js';
