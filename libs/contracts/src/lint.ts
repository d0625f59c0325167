import type { Violation, WaslError } from '#protocol';
import { dialectOf } from './dialect.js';
import { pointerToken } from './json-pointer.js';
import { metaSchemaViolation } from './meta-schema.js';
import { parsePayload } from './payload.js';
import { compilePattern, MAX_PATTERN_LENGTH } from './pattern.js';
import { SchemaDocument } from './schema-document.js';
import { isObject, type SchemaObject } from './schema-walk.js';

/** Bounds on a member's schema: what the validator generates and runs stays small. */
export interface LintLimits {
  /** bytes of UTF-8 */
  size: number;
  depth: number;
  /** arrays and objects in the document, enum members apart */
  nodes: number;
  /** in one `properties` or the like */
  properties: number;
  /** in one `allOf`, `anyOf` or `oneOf` */
  branches: number;
  enumValues: number;
  /** `maxItems` beside `uniqueItems` on arrays and objects: each item is compared with each */
  uniqueItems: number;
  patternLength: number;
}

export const LINT_LIMITS: Readonly<LintLimits> = {
  size: 256 * 1024,
  depth: 64,
  nodes: 5_000,
  properties: 1_000,
  branches: 100,
  enumValues: 2_000,
  uniqueItems: 1_000,
  patternLength: MAX_PATTERN_LENGTH,
};

/** An uncapped report of a hostile schema would itself be a flood. */
const MAX_VIOLATIONS = 20;

/**
 * Checks a schema text before anything compiles it: limits, well-formedness against its dialect, patterns that RE2
 * accepts, references that stay inside the document, nothing asynchronous or data-driven.
 *
 * @returns what is wrong, pointers into the schema; empty if the schema may be compiled
 */
export function lintSchema(schemaText: string, limits: Readonly<LintLimits> = LINT_LIMITS): Violation[] {
  const bytes = Buffer.from(schemaText, 'utf8');
  if (bytes.length > limits.size) return [violation('', 'size', `larger than ${limits.size} bytes`)];
  let schema: unknown;
  try {
    schema = parsePayload(bytes, limits.depth);
  } catch (error) {
    return [violation('', 'json', (error as WaslError).detail.replace(/^the body/, 'the schema'))];
  }
  if (!isObject(schema) && typeof schema !== 'boolean') {
    return [violation('', 'type', 'a schema is an object or a boolean')];
  }
  return new Linter(schema, limits).run();
}

class Linter {
  private readonly violations: Violation[] = [];

  constructor(
    private readonly root: SchemaObject | boolean,
    private readonly limits: Readonly<LintLimits>,
  ) {}

  run(): Violation[] {
    const dialect = dialectOf(this.root);
    if (dialect === undefined) this.add('/$schema', '$schema', 'an unknown dialect');
    this.measure();
    if (dialect === undefined || this.violations.length > 0) return this.violations;
    const { schemas, problems } = new SchemaDocument(this.root);
    for (const [pointer, schema] of schemas) this.check(schema, pointer);
    this.violations.push(...problems.slice(0, MAX_VIOLATIONS - this.violations.length));
    if (this.violations.length === 0) {
      const malformed = metaSchemaViolation(dialect, this.root);
      if (malformed) this.violations.push(malformed);
    }
    return this.violations;
  }

  /** Sizes first and without recursion into what is too large already. */
  private measure(): void {
    let nodes = 0;
    let values = 0;
    const pending: { value: unknown; pointer: string; keyword: string }[] = [
      { value: this.root, pointer: '', keyword: '' },
    ];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      if (typeof item.value !== 'object' || item.value === null) continue;
      const { pointer, keyword } = item;
      const entries = Object.entries(item.value);
      if (keyword === 'enum' && Array.isArray(item.value)) {
        values += entries.length;
        if (entries.length > this.limits.enumValues || values > this.limits.enumValues * 10) {
          return this.add(pointer, 'enum', `more than ${this.limits.enumValues} values`);
        }
        if (new Set(item.value.map((value) => JSON.stringify(value))).size < entries.length) {
          this.add(pointer, 'enum', 'a value occurs twice');
        }
      } else {
        nodes += 1;
        if (nodes > this.limits.nodes) return this.add('', 'nodes', `more than ${this.limits.nodes} nodes`);
        const isBranches = Array.isArray(item.value) && /^(?:allOf|anyOf|oneOf)$/.test(keyword);
        const most = isBranches ? this.limits.branches : this.limits.properties;
        if (entries.length > most) {
          return this.add(pointer, isBranches ? 'branches' : 'properties', `more than ${most} entries`);
        }
      }
      for (const [name, value] of entries)
        pending.push({ value, pointer: pointer + pointerToken(name), keyword: name });
    }
  }

  private check(schema: SchemaObject, pointer: string): void {
    if (pointer !== '' && Object.hasOwn(schema, '$schema') && dialectOf(schema) !== dialectOf(this.root)) {
      this.add(`${pointer}/$schema`, '$schema', 'another dialect than the document');
    }
    if (Object.hasOwn(schema, '$async')) this.add(`${pointer}/$async`, '$async', 'not allowed');
    for (const [keyword, value] of Object.entries(schema)) {
      if (isObject(value) && Object.hasOwn(value, '$data') && !NAMES_FOLLOW.has(keyword)) {
        this.add(pointer + pointerToken(keyword), '$data', 'not allowed');
      }
    }
    if (typeof schema['pattern'] === 'string') this.pattern(schema['pattern'], `${pointer}/pattern`);
    if (isObject(schema['patternProperties'])) {
      for (const pattern of Object.keys(schema['patternProperties'])) {
        this.pattern(pattern, `${pointer}/patternProperties${pointerToken(pattern)}`);
      }
    }
    const isBounded =
      Number(schema['maxItems'] ?? Infinity) <= this.limits.uniqueItems || hasScalarItems(schema);
    if (schema['uniqueItems'] === true && !isBounded) {
      const most = this.limits.uniqueItems;
      this.add(
        `${pointer}/uniqueItems`,
        'uniqueItems',
        `needs maxItems of at most ${most} unless items are of a simple type`,
      );
    }
  }

  private pattern(pattern: string, pointer: string): void {
    if (pattern.length > this.limits.patternLength) {
      this.add(pointer.slice(0, 512), 'pattern', `longer than ${this.limits.patternLength} characters`);
      return;
    }
    try {
      compilePattern(pattern);
    } catch (error) {
      this.add(pointer, 'pattern', (error as Error).message);
    }
  }

  private add(pointer: string, rule: string, message: string): void {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(violation(pointer, rule, message));
  }
}

/** Keywords whose members are names given by the author, so a member `$data` is no reference. */
const NAMES_FOLLOW = new Set([
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
  'dependentRequired',
  'properties',
]);

function hasScalarItems(schema: SchemaObject): boolean {
  const items = schema['items'];
  if (!isObject(items)) return false;
  const types = [items['type']].flat();
  return (
    types.length > 0 &&
    types.every((type) => typeof type === 'string' && type !== 'object' && type !== 'array')
  );
}

function violation(pointer: string, rule: string, message: string): Violation {
  return { pointer, rule, message };
}
