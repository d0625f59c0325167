import type { MessageVerifier, WaslClient } from '#client';
import type { Logger } from '#service';
import type { Role } from '#control';
import type { Secrets } from '../configuration/secret-reference.js';
import type { Holder, ProgressStore } from '../progress/progress-store.js';

/** The work of one connector while this instance holds its lease. */
export interface Task {
  /** Runs until `signal` aborts; throws when it cannot go on. */
  run(signal: AbortSignal): Promise<void>;
}

/** What a task needs of the service. */
export interface TaskContext {
  holder: Holder;
  progress: ProgressStore;
  secrets: Secrets;
  logger: Logger;
  /** A client that signs as `system`. Throws TaskFailure when the service holds no key of it. */
  client(system: string, roles: Role[]): WaslClient;
  /** Verifier over the keys that the directory has published so far. */
  verifier(): MessageVerifier;
  /** Id of the agreement under which a system may consume a topic now. */
  agreement(system: string, topic: string): string | undefined;
  /** Something was achieved: the back-off starts over. */
  progressed(): void;
}
