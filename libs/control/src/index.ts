export { Outbox, type OutboxOptions, type Queryable } from './outbox.js';
export { parseControlRecord } from './parse-record.js';
export {
  ROLES,
  type AgreementRecord,
  type ContractRecord,
  type ControlKind,
  type ControlRecord,
  type KeyRecord,
  type LocalizedText,
  type MemberRecord,
  type Role,
  type SystemRecord,
  type TokenKey,
  type TokenKeysRecord,
  type VersionRecord,
  type VersionSuccessor,
} from './records.js';
export { ControlState, isInForce, isKeyInForce, type ControlChange } from './state.js';
export {
  CONTROL_TOPICS,
  controlKey,
  controlRecord,
  controlTombstone,
  controlTopic,
  ensureControlTopics,
} from './topics.js';
export { parseUse, USE_TOPIC, useRecord, type ContractUse } from './use.js';
export { ControlView } from './view.js';
