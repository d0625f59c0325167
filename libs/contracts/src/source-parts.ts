import type { Violation, WaslError } from '#protocol';
import { dialectOf } from './dialect.js';
import type { LintLimits } from './lint-limits.js';
import { parsePayload } from './payload.js';
import type { Schema, SchemaSource } from './references.js';
import { isObject } from './schema-walk.js';

const LONGEST_NAME = 512;
/** An embedded schema lies this much deeper than alone. */
const EMBEDDING = 3;

/** The parsed texts of a schema and of those it refers to, by name; equal texts are one object. */
export interface SourceParts {
  root: Schema;
  references: Map<string, Schema>;
}

/** Parses a schema and its references within the limits on texts, or tells what is wrong with them. */
export function readSource(source: SchemaSource, limits: Readonly<LintLimits>): SourceParts | Violation[] {
  const given = source.references ?? new Map<string, string>();
  const bytes = Buffer.from(source.text, 'utf8');
  if (bytes.length > limits.size) return refusal('size', `larger than ${limits.size} bytes`);
  if (given.size > limits.references)
    return refusal('references', `more than ${limits.references} referenced schemas`);
  let total = bytes.length;
  for (const text of given.values()) total += Buffer.byteLength(text);
  if (total > limits.totalSize)
    return refusal('size', `larger than ${limits.totalSize} bytes with the schemas it refers to`);

  const root = parse(bytes, limits.depth);
  if (Array.isArray(root)) return root;
  const references = new Map<string, Schema>();
  const byText = new Map<string, Schema>();
  for (const [name, text] of given) {
    if (name.length === 0 || name.length > LONGEST_NAME)
      return refusal('references', `a name of a reference has 1 to ${LONGEST_NAME} characters`);
    const schema = byText.get(text) ?? parse(Buffer.from(text, 'utf8'), limits.depth - EMBEDDING);
    const problem = Array.isArray(schema) ? schema[0]!.message : otherDialect(schema, root);
    if (Array.isArray(schema) || problem !== undefined)
      return refusal('references', `the referenced schema "${name}" cannot be used: ${problem}`);
    byText.set(text, schema);
    references.set(name, schema);
  }
  return { root, references };
}

function parse(bytes: Buffer, depth: number): Schema | Violation[] {
  let schema: unknown;
  try {
    schema = parsePayload(bytes, depth);
  } catch (error) {
    return refusal('json', (error as WaslError).detail.replace(/^the body/, 'the schema'));
  }
  if (isObject(schema) || typeof schema === 'boolean') return schema;
  return refusal('type', 'a schema is an object or a boolean');
}

/** A reference without `$schema` is of the root's dialect. */
function otherDialect(schema: Schema, root: Schema): string | undefined {
  if (!isObject(schema) || !Object.hasOwn(schema, '$schema')) return undefined;
  const dialect = dialectOf(root);
  if (dialect === undefined || dialectOf(schema) === dialect) return undefined;
  return `its dialect is ${dialectOf(schema) ?? 'unknown'}, that of the schema ${dialect}; give both the same $schema`;
}

function refusal(rule: string, message: string): Violation[] {
  return [{ pointer: '', rule, message }];
}
