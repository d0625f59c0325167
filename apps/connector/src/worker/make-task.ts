import { type DeprecationNotices, TokenSource, WaslClient } from '#client';
import type { ControlView, Role } from '#control';
import type { Logger } from '#service';
import { connectorSettings } from '../configuration/connector-config.js';
import type { Secrets } from '../configuration/secret-reference.js';
import type { ProgressStore } from '../progress/progress-store.js';
import { readRegistrySpec } from '../registry/registry-spec.js';
import { SinkTask } from '../sink/sink-task.js';
import { SourceTask } from '../source/source-task.js';
import type { HeldLease } from './lease-store.js';
import type { SystemKeys } from './system-keys.js';
import { TaskFailure } from './task-failure.js';
import type { Task, TaskContext } from './task.js';
import type { TrustedKeys } from './trusted-keys.js';
import type { TaskListeners } from './worker.js';

export interface TaskResources {
  specsDir: string;
  gatewayUrl: string;
  tokenIssuer: string;
  /** Where the directory is reached. */
  directoryUrl: string;
  bus: string;
  view: ControlView;
  keys: SystemKeys;
  trusted: TrustedKeys;
  secrets: Secrets;
  progress: ProgressStore;
  logger: Logger;
}

/** The task of a connector under its present configuration. Throws WaslError or TaskFailure when that does not hold. */
export function makeTask(
  resources: TaskResources,
  lease: HeldLease,
  { progressed, deprecations }: TaskListeners,
): Task {
  const settings = connectorSettings(lease.connector, lease.config, (registry) =>
    readRegistrySpec(resources.specsDir, registry),
  );
  if (settings.system !== lease.system) {
    throw new TaskFailure(
      'The registry spec now names another system. Delete the connector and make it anew.',
    );
  }
  const { view, trusted, secrets, progress, logger } = resources;
  const context: TaskContext = {
    holder: { connector: lease.connector, system: lease.system, epoch: lease.epoch },
    progress,
    secrets,
    logger,
    progressed,
    client: (system, roles) => clientOf(resources, system, roles, deprecations),
    verifier: () => trusted.current(),
    agreement: (system, topic) => view.agreementInForce(system, topic, new Date())?.id,
  };
  return settings.type === 'source' ? new SourceTask(settings, context) : new SinkTask(settings, context);
}

function clientOf(
  { keys, gatewayUrl, tokenIssuer, directoryUrl, bus }: TaskResources,
  system: string,
  roles: Role[],
  deprecations: DeprecationNotices,
): WaslClient {
  const key = keys.keyOf(system);
  const tokenUrl = `${directoryUrl}/oauth/token`;
  const tokens = new TokenSource({ tokenUrl, issuer: tokenIssuer, audience: bus, system, key, roles });
  return new WaslClient({ gateway: gatewayUrl, bus, system, key, tokens, deprecations });
}
