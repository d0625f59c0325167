import { WaslError } from '#protocol';
import { toWaslError, type MapError } from '#service';
import type { ConfigMap } from '../configuration/connector-config.js';
import type { ConnectorRow, TargetState } from './connector.repository.js';

/** Shapes of Kafka Connect's REST interface (ConnectorInfo, ConnectorStateInfo, ErrorMessage). */
export function connectorInfo(row: ConnectorRow) {
  const tasks = row.targetState === 'STOPPED' ? [] : [{ connector: row.name, task: 0 }];
  return { name: row.name, config: { ...row.config, name: row.name }, tasks, type: row.type };
}

export function connectorStatus(row: ConnectorRow) {
  const worker_id = row.worker ?? '';
  const tasks = row.targetState === 'STOPPED' ? [] : [taskStatus(row)];
  return { name: row.name, connector: { state: connectorState(row), worker_id }, tasks, type: row.type };
}

export function taskStatus(row: ConnectorRow) {
  const state = row.taskState ?? 'UNASSIGNED';
  const { trace, deprecations } = row;
  return {
    ...{ id: 0, state, worker_id: row.worker ?? '' },
    ...(trace === null ? {} : { trace }),
    // Not Kafka Connect's: its tools leave unknown members alone.
    ...(deprecations === null || deprecations.length === 0 ? {} : { deprecations }),
  };
}

function connectorState(row: ConnectorRow): string {
  if (row.targetState === 'STOPPED') return 'STOPPED';
  if (row.worker === null) return 'UNASSIGNED';
  return row.taskState === 'PAUSED' ? 'PAUSED' : 'RUNNING';
}

/** {error_code, message} on the Connect-compatible paths; undefined elsewhere. */
export const connectError: MapError = (error, request) => {
  const path = request.url.split('?', 1)[0] ?? '';
  if (path !== '/' && !/^\/(connectors|connector-plugins)(\/|$)/.test(path)) return undefined;
  const known = toWaslError(error);
  const message = known.code === 'internal' ? 'internal error' : `${known.code}: ${known.detail}`;
  return {
    status: known.status,
    contentType: 'application/json',
    body: { error_code: known.status, message },
  };
};

/** A map of strings. Throws WaslError `malformed-request`; values are not repeated. */
export function configMapOf(body: unknown): ConfigMap {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new WaslError('malformed-request', 'the configuration has to be an object of strings');
  }
  const entries = Object.entries(body);
  if (
    entries.length > 100 ||
    entries.some(([, value]) => typeof value !== 'string' || value.length > 2_000)
  ) {
    throw new WaslError('malformed-request', 'every value of the configuration has to be a string');
  }
  return Object.fromEntries<string>(entries);
}

/** Body of POST /connectors. Throws WaslError `malformed-request`. */
export function creationOf(body: unknown): { name: string; config: ConfigMap; target: TargetState } {
  const { name, config, initial_state: initial } = (body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string')
    throw new WaslError('malformed-request', 'the member "name" has to be a string');
  if (initial !== undefined && initial !== 'RUNNING' && initial !== 'PAUSED' && initial !== 'STOPPED') {
    throw new WaslError('malformed-request', 'initial_state has to be RUNNING, PAUSED or STOPPED');
  }
  return { name, config: configMapOf(config), target: initial ?? 'RUNNING' };
}
