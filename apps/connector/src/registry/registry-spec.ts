import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { WaslError, type Violation } from '#protocol';
import { parse } from 'yaml';

export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'json';

/** One column of a table and the member of the payload that carries its value. */
export interface ColumnMapping {
  column: string;
  /** RFC 6901. */
  pointer: string;
  type: ColumnType;
  /** What a NULL becomes: no member at all (default), or a member with the value null. */
  null?: 'absent' | 'member';
}

export interface TableName {
  schema?: string;
  name: string;
}

/** `x-wasl-source.<flow>`: how the rows of a table become messages. */
export interface SourceFlow {
  contract: { topic: string; version: number };
  table: TableName;
  key: string[];
  watermarkColumn: string;
  deletedColumn?: string;
  columns: ColumnMapping[];
  constants?: { pointer: string; value: unknown }[];
}

/** `x-wasl-sink.<flow>`: how messages become rows of a table. */
export interface SinkFlow {
  contract: { topic: string; version?: number };
  table: TableName;
  key: string[];
  columns: ColumnMapping[];
}

export interface RegistrySpec {
  registry: string;
  /** Path for messages, relative to the folder of specs. */
  file: string;
  /** URN of the system that owns the registry. */
  system: string;
  sources: Record<string, SourceFlow>;
  sinks: Record<string, SinkFlow>;
}

const REGISTRY_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const ajv = new Ajv2020({ allErrors: true, strict: false });
let compiled: { folder: string; validate: ReturnType<Ajv2020['compile']> } | undefined;

/**
 * Reads `<folder>/<registry>/openapi.yaml`. Throws WaslError `not-found` (no such registry) or
 * `malformed-request` whose violations name the pointer, the rule and how to mend it.
 */
export function readRegistrySpec(folder: string, registry: string): RegistrySpec {
  if (!REGISTRY_NAME.test(registry)) {
    throw new WaslError('malformed-request', 'a registry name is lower-case letters, digits and hyphens');
  }
  const file = `${registry}/openapi.yaml`;
  let text: string;
  try {
    text = readFileSync(join(folder, file), 'utf8');
  } catch (cause) {
    throw new WaslError('not-found', `there is no registry spec ${file}`, { cause });
  }
  return parseRegistrySpec(text, registry, file, readFileSync(join(folder, 'x-wasl.schema.json'), 'utf8'));
}

/** The pure part of {@link readRegistrySpec}; `schemaText` is registry-specs/x-wasl.schema.json. */
export function parseRegistrySpec(
  text: string,
  registry: string,
  file: string,
  schemaText: string,
): RegistrySpec {
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 20 });
  } catch (cause) {
    throw new WaslError('malformed-request', `${file} is not YAML: ${(cause as Error).message}`, { cause });
  }
  if (compiled?.folder !== schemaText) {
    ajv.removeSchema();
    compiled = { folder: schemaText, validate: ajv.compile(JSON.parse(schemaText) as object) };
  }
  const violations = compiled.validate(document)
    ? crossChecks(document as RawSpec)
    : (compiled.validate.errors ?? []).map(mend);
  if (violations.length > 0) {
    const list = violations
      .slice(0, 20)
      .map(({ pointer, message }) => `${file} ${pointer || '/'}: ${message}`);
    throw new WaslError('malformed-request', list.join('; '), { violations: violations.slice(0, 20) });
  }
  const spec = document as RawSpec;
  return {
    registry,
    file,
    system: spec['x-wasl-system'],
    sources: spec['x-wasl-source'] ?? {},
    sinks: spec['x-wasl-sink'] ?? {},
  };
}

interface RawSpec {
  'x-wasl-system': string;
  'x-wasl-source'?: Record<string, SourceFlow>;
  'x-wasl-sink'?: Record<string, SinkFlow>;
}

function mend(error: ErrorObject): Violation {
  const { keyword, params, instancePath: pointer } = error;
  const say: Record<string, string> = {
    required: `add the member "${String(params['missingProperty'])}"`,
    additionalProperties: `remove or rename "${String(params['additionalProperty'])}", it has no meaning here`,
    enum: `use one of ${(params['allowedValues'] as unknown[] | undefined)?.join(', ') ?? ''}`,
    anyOf: 'add x-wasl-source, x-wasl-sink or both',
    pattern: `write it so that it matches ${String(params['pattern'])}`,
    type: `make it a ${String(params['type'])}`,
    'false schema': 'this x-wasl- extension does not exist; there are x-wasl-system, -source and -sink',
  };
  return { pointer, rule: keyword, message: say[keyword] ?? error.message ?? keyword };
}

/** What a JSON Schema cannot say: mappings that contradict each other. */
function crossChecks(spec: RawSpec): Violation[] {
  const violations: Violation[] = [];
  for (const kind of ['x-wasl-source', 'x-wasl-sink'] as const) {
    for (const [name, flow] of Object.entries(spec[kind] ?? {})) {
      const at = `/${kind}/${name}`;
      const pointers = [
        ...flow.columns.map(({ pointer }) => pointer),
        ...constantsOf(flow).map(({ pointer }) => pointer),
      ];
      pointers.forEach((pointer, index) => {
        const clash = pointers.findIndex((other, i) => i !== index && `${pointer}/`.startsWith(`${other}/`));
        if (kind === 'x-wasl-source' && clash >= 0) {
          violations.push({
            pointer: `${at}/columns`,
            rule: 'pointer-clash',
            message: `${pointer} is mapped twice or lies inside another mapped member; keep one of them`,
          });
        }
      });
      if (kind === 'x-wasl-sink') violations.push(...sinkChecks(at, flow));
    }
  }
  return violations;
}

function sinkChecks(at: string, flow: SinkFlow): Violation[] {
  const columns = flow.columns.map(({ column }) => column);
  const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
  const missing = flow.key.filter((column) => !columns.includes(column));
  return [
    ...twice.map((column) => ({
      pointer: `${at}/columns`,
      rule: 'column-twice',
      message: `column "${column}" is mapped twice; keep one mapping`,
    })),
    ...missing.map((column) => ({
      pointer: `${at}/key`,
      rule: 'key-unmapped',
      message: `key column "${column}" has no entry under columns; map it`,
    })),
  ];
}

function constantsOf(flow: SourceFlow | SinkFlow): { pointer: string }[] {
  return ('constants' in flow ? flow.constants : undefined) ?? [];
}
