import { WaslError, memberOf, type Violation } from '#protocol';
import type { RegistrySpec, SinkFlow, SourceFlow } from '../registry/registry-spec.js';
import { PLUGINS, SINK_CLASS, SOURCE_CLASS, definitionsOf, type ConfigDefinition } from './definitions.js';
import { secretName } from './secret-reference.js';

/** Configuration as Kafka Connect carries it: every value a string. */
export type ConfigMap = Record<string, string>;

interface CommonSettings {
  name: string;
  /** System that signs or consumes: the owner of the registry. */
  system: string;
  /** Name of the environment variable with the database URL. */
  databaseSecret: string;
  batchSize: number;
}

export interface SourceSettings extends CommonSettings {
  type: 'source';
  flow: SourceFlow;
  maxInFlight: number;
  pollIntervalMs: number;
  overlapMs: number;
  sweepIntervalMs: number;
}

export interface SinkSettings extends CommonSettings {
  type: 'sink';
  flow: SinkFlow;
  waitSeconds: number;
  maxUnverifiable: number;
}

export type ConnectorSettings = SourceSettings | SinkSettings;

/** What is wrong with one key; the value is never repeated, it may be a secret by mistake. */
export interface ConfigProblem {
  name: string;
  problem: string;
}

/** Last part of a secret's name. */
const SECRET_OF_MEMBER = /^[A-Z0-9]+(_[A-Z0-9]+)*$/;
const CONNECTOR_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Checks every key by itself. */
export function configProblems(config: ConfigMap): ConfigProblem[] {
  const definitions = definitionsOf(config['connector.class'] ?? '');
  if (!definitions) {
    const classes = PLUGINS.map((plugin) => plugin.class).join(' or ');
    return [{ name: 'connector.class', problem: `must be ${classes}` }];
  }
  const known = new Set(['name', ...definitions.map(({ name }) => name)]);
  return [
    ...Object.keys(config)
      .filter((name) => !known.has(name))
      .map((name) => ({ name: name.slice(0, 80), problem: 'is not a setting of this connector; remove it' })),
    ...definitions.flatMap((definition) => valueProblem(definition, config[definition.name])),
  ];
}

function valueProblem(
  { name, required, type, range }: ConfigDefinition,
  value: string | undefined,
): ConfigProblem[] {
  if (value === undefined || value === '') return required ? [{ name, problem: 'is required' }] : [];
  if (name === 'database.url' && secretName(value) === undefined) {
    return [
      { name, problem: 'must be a reference ${env:<COUNTRY>_<MEMBER>__<NAME>}; the URL itself is a secret' },
    ];
  }
  if (type === 'INT' && range) {
    const number = Number(value);
    if (!/^\d{1,9}$/.test(value) || number < range[0] || number > range[1]) {
      return [{ name, problem: `must be a whole number from ${range[0]} to ${range[1]}` }];
    }
  }
  return [];
}

/**
 * Typed settings of a connector. `readSpec` gives the registry spec by name.
 * Throws WaslError `malformed-request` naming every key that is wrong.
 */
export function connectorSettings(
  name: string,
  config: ConfigMap,
  readSpec: (registry: string) => RegistrySpec,
): ConnectorSettings {
  if (!CONNECTOR_NAME.test(name)) {
    refuse([{ name: 'name', problem: 'must be lower-case letters, digits and hyphens, 63 at most' }]);
  }
  refuse(configProblems(config));
  const spec = readSpec(config['wasl.registry'] ?? '');
  const flowName = config['wasl.flow'] ?? '';
  const common = {
    name,
    system: spec.system,
    databaseSecret: ownSecret(config, spec.system),
    batchSize: intOf(config, 'batch.size'),
  };
  if (config['connector.class'] === SOURCE_CLASS) {
    return {
      ...common,
      type: 'source',
      flow: flowIn(spec.sources, flowName, 'x-wasl-source', spec.file),
      maxInFlight: intOf(config, 'max.in.flight'),
      pollIntervalMs: intOf(config, 'poll.interval.ms'),
      overlapMs: intOf(config, 'overlap.ms'),
      sweepIntervalMs: intOf(config, 'sweep.interval.ms'),
    };
  }
  return {
    ...common,
    type: 'sink',
    flow: flowIn(spec.sinks, flowName, 'x-wasl-sink', spec.file),
    waitSeconds: intOf(config, 'wait.seconds'),
    maxUnverifiable: intOf(config, 'max.unverifiable'),
  };
}

function flowIn<F>(flows: Record<string, F>, name: string, kind: string, file: string): F {
  const flow = Object.hasOwn(flows, name) ? flows[name] : undefined;
  if (flow === undefined) refuse([{ name: 'wasl.flow', problem: `is no ${kind} of ${file}` }]);
  return flow as F;
}

/**
 * A member's connectors may only use the secrets of that member: `urn:wasl:dz:interior` those named
 * `DZ_INTERIOR__<NAME>`. Without this, whoever may create a connector could read with another member's credentials.
 * Country, member and name each hold no two underscores in a row, so that a name belongs to one member alone.
 */
function ownSecret(config: ConfigMap, system: string): string {
  const secret = secretName(config['database.url'] ?? '') ?? '';
  const [country = '', member = ''] = memberOf(system).split(':').slice(-2);
  if (member.includes('--')) {
    const problem = `cannot name a secret of ${member}: a member with two hyphens in a row has none`;
    refuse([{ name: 'database.url', problem }]);
  }
  const prefix = `${country}_${member}__`.toUpperCase().replaceAll('-', '_');
  if (!secret.startsWith(prefix) || !SECRET_OF_MEMBER.test(secret.slice(prefix.length))) {
    refuse([
      { name: 'database.url', problem: `must name a secret of the registry's member, ${prefix}<NAME>` },
    ]);
  }
  return secret;
}

function intOf(config: ConfigMap, name: string): number {
  const definition = definitionsOf(config['connector.class'] ?? SINK_CLASS)?.find((one) => one.name === name);
  return Number(config[name] || definition?.default_value);
}

function refuse(problems: ConfigProblem[]): void {
  if (problems.length === 0) return;
  const violations: Violation[] = problems.map(({ name, problem }) => ({
    pointer: `/config/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    rule: 'setting',
    message: problem,
  }));
  const detail = problems.map(({ name, problem }) => `${name} ${problem}`).join('; ');
  throw new WaslError('malformed-request', detail, { violations });
}
