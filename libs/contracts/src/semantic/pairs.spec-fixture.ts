import type { CompatibilityLevel } from '../compatibility/check.js';
import { CompiledContract } from '../compiled-contract.js';
import { semanticVerdict, type SemanticVerdict } from './verdict.js';

const D2020 = 'https://json-schema.org/draft/2020-12/schema';

export function textOf(schema: object | boolean): string {
  return JSON.stringify(typeof schema === 'boolean' ? schema : { $schema: D2020, ...schema });
}

/** The verdict on a change from one schema to the next; the clock stands still. */
export function change(
  older: object | boolean,
  newer: object | boolean,
  level: CompatibilityLevel = 'BACKWARD',
): SemanticVerdict {
  return semanticVerdict({
    candidate: { text: textOf(newer) },
    previous: [{ text: textOf(older), version: 1 }],
    level,
    limits: { now: () => 0 },
  });
}

export function accepts(schema: object | boolean, data: unknown): boolean {
  return CompiledContract.compile(textOf(schema)).validate(data).length === 0;
}

/** An object schema of these properties. */
export function open(properties: object, more: object = {}): object {
  return { type: 'object', properties, ...more };
}

export function closed(properties: object, more: object = {}): object {
  return { type: 'object', properties, additionalProperties: false, ...more };
}
