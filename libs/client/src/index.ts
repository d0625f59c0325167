export { handoverOf, handoversOf, type Handover } from './acknowledgement.js';
export {
  type ContractDraft,
  ContractLifecycle,
  type ContractVersion,
  type VersionAct,
} from './contract-lifecycle.js';
export { type ContractPlan, planContracts, planDraft } from './contract-planner.js';
export { type ProposedContract, proposeContracts } from './contract-proposer.js';
export { type AppliedContract, applyContracts, type AuthorisedCalls } from './contract-publisher.js';
export { type DeprecationNotice, DeprecationNotices } from './deprecation-notices.js';
export { parseFeedPage, type PulledMessage } from './feed.js';
export { HttpChannel, type ChannelRequest, type ChannelResponse } from './http-channel.js';
export { MessageVerifier, type VerifiedMessage } from './message-verifier.js';
export { problemOf, type Problem } from './problem.js';
export { Publisher, type Publication, type PublisherOptions, type Submission } from './publisher.js';
export { DEFAULT_RETRY, pause, retryDelayMs, type RetryPolicy } from './retry.js';
export { TokenSource, clientAssertion, type TokenSourceOptions } from './token-source.js';
export {
  WaslClient,
  type Acknowledgement,
  type Page,
  type PullOptions,
  type WaslClientOptions,
} from './wasl-client.js';
