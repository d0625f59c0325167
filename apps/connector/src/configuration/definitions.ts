/** One configuration key, in the vocabulary of Kafka Connect's ConfigDef. */
export interface ConfigDefinition {
  name: string;
  type: 'STRING' | 'INT';
  required: boolean;
  default_value: string | null;
  importance: 'HIGH' | 'MEDIUM' | 'LOW';
  documentation: string;
  /** Bounds of an INT, both included. */
  range?: [number, number];
}

export const SOURCE_CLASS = 'WaslPostgresSource';
export const SINK_CLASS = 'WaslPostgresSink';
export type ConnectorClass = typeof SOURCE_CLASS | typeof SINK_CLASS;

export const PLUGINS = [
  { class: SOURCE_CLASS, type: 'source', version: '1.0.0' },
  { class: SINK_CLASS, type: 'sink', version: '1.0.0' },
] as const;

function text(name: string, documentation: string): ConfigDefinition {
  return { name, type: 'STRING', required: true, default_value: null, importance: 'HIGH', documentation };
}

function int(name: string, value: number, range: [number, number], documentation: string): ConfigDefinition {
  const common = { type: 'INT', required: false, importance: 'LOW' } as const;
  return { name, ...common, default_value: String(value), documentation, range };
}

const COMMON: ConfigDefinition[] = [
  text('connector.class', `${SOURCE_CLASS} or ${SINK_CLASS}`),
  text('wasl.registry', 'Folder under registry-specs/ with the openapi.yaml of the registry'),
  text('wasl.flow', 'Name under x-wasl-source or x-wasl-sink of that document'),
  text(
    'database.url',
    'PostgreSQL URL, as a reference ${env:<COUNTRY>_<MEMBER>__<NAME>} to a secret of the operator',
  ),
  int('tasks.max', 1, [1, 1], 'A connector is one task: one table, in order'),
];

const DEFINITIONS: Record<ConnectorClass, ConfigDefinition[]> = {
  [SOURCE_CLASS]: [
    ...COMMON,
    int('batch.size', 1_000, [1, 10_000], 'Rows read, published and recorded together'),
    int('max.in.flight', 64, [1, 512], 'Messages published at once; never two of one key'),
    int('poll.interval.ms', 500, [10, 3_600_000], 'Pause when the table has nothing new'),
    int(
      'overlap.ms',
      30_000,
      [0, 86_400_000],
      'How far back every sweep reads again for rows committed late',
    ),
    int('sweep.interval.ms', 10_000, [10, 86_400_000], 'Time between two sweeps'),
  ],
  [SINK_CLASS]: [
    ...COMMON,
    int('batch.size', 1_000, [1, 1_000], 'Messages pulled, applied and acknowledged together'),
    int('wait.seconds', 10, [0, 30], 'How long one pull waits for the first message'),
    int('max.unverifiable', 10, [0, 1_000], 'More unverifiable messages than this in one page stop the task'),
  ],
};

export function definitionsOf(connectorClass: string): ConfigDefinition[] | undefined {
  return Object.hasOwn(DEFINITIONS, connectorClass)
    ? DEFINITIONS[connectorClass as ConnectorClass]
    : undefined;
}
