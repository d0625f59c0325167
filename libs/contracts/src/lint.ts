import type { Violation, WaslError } from '#protocol';
import { dialectOf } from './dialect.js';
import { pointerToken, valueAt } from './json-pointer.js';
import { metaSchemaViolation } from './meta-schema.js';
import { parsePayload } from './payload.js';
import { compilePattern, MAX_PATTERN_LENGTH } from './pattern.js';
import { isObject, type SchemaObject, walkSchemas } from './schema-walk.js';

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
  patternLength: number;
}

export const LINT_LIMITS: Readonly<LintLimits> = {
  size: 256 * 1024,
  depth: 64,
  nodes: 5_000,
  properties: 1_000,
  branches: 100,
  enumValues: 2_000,
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
  private readonly visited = new Set<string>();
  private readonly identifiers = new Set<string>();
  private readonly references: { pointer: string; reference: string; base: string }[] = [];

  constructor(
    private readonly root: SchemaObject | boolean,
    private readonly limits: Readonly<LintLimits>,
  ) {}

  run(): Violation[] {
    const dialect = dialectOf(this.root);
    if (dialect === undefined) this.add('/$schema', '$schema', 'an unknown dialect');
    this.measure();
    if (dialect === undefined || this.violations.length > 0) return this.violations;
    walkSchemas(this.root, (schema, pointer) => this.check(schema, pointer));
    // A reference may name a place that holds no schema keyword: what it names is a schema then.
    for (let next = 0; next < this.references.length; next += 1) this.resolve(this.references[next]!);
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
    if (this.visited.has(pointer)) return;
    this.visited.add(pointer);
    if (pointer !== '' && Object.hasOwn(schema, '$schema') && dialectOf(schema) !== dialectOf(this.root)) {
      this.add(`${pointer}/$schema`, '$schema', 'another dialect than the document');
    }
    if (Object.hasOwn(schema, '$async')) this.add(`${pointer}/$async`, '$async', 'not allowed');
    for (const [keyword, value] of Object.entries(schema)) {
      if (isObject(value) && Object.hasOwn(value, '$data') && !NAMES_FOLLOW.has(keyword)) {
        this.add(pointer + pointerToken(keyword), '$data', 'not allowed');
      }
    }
    this.collectReferences(schema, pointer);
    if (typeof schema['pattern'] === 'string') this.pattern(schema['pattern'], `${pointer}/pattern`);
    if (isObject(schema['patternProperties'])) {
      for (const pattern of Object.keys(schema['patternProperties'])) {
        this.pattern(pattern, `${pointer}/patternProperties${pointerToken(pattern)}`);
      }
    }
    if (schema['uniqueItems'] === true && !Object.hasOwn(schema, 'maxItems') && !hasScalarItems(schema)) {
      this.add(
        `${pointer}/uniqueItems`,
        'uniqueItems',
        'needs maxItems unless all items are of a simple type',
      );
    }
  }

  private collectReferences(schema: SchemaObject, pointer: string): void {
    const base = this.base(pointer);
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = schema[keyword];
      if (typeof reference === 'string')
        this.references.push({ pointer: `${pointer}/${keyword}`, reference, base });
    }
    if (typeof schema['$id'] === 'string') this.identifiers.add(resolveUri(schema['$id'], base));
    for (const keyword of ['$anchor', '$dynamicAnchor']) {
      if (typeof schema[keyword] === 'string') this.identifiers.add(resolveUri(`#${schema[keyword]}`, base));
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

  private resolve({ pointer, reference, base }: { pointer: string; reference: string; base: string }): void {
    const uri = resolveUri(reference, base);
    const [resource = '', fragment = ''] = uri.split('#', 2);
    if (this.identifiers.has(uri) || (fragment === '' && this.identifiers.has(resource))) return;
    const isLocal = reference.startsWith('#') || this.identifiers.has(resource);
    if (!isLocal) return this.add(pointer, '$ref', 'points outside this document');
    if (fragment !== '' && !fragment.startsWith('/'))
      return this.add(pointer, '$ref', 'names no anchor of this document');
    // A pointer into an embedded resource is left to the compiler, which looks at own text only.
    if (resource !== '' && resource !== resolveUri('', this.base(''))) return;
    const target = decodeFragment(fragment);
    if (typeof target !== 'string' || valueAt(this.root, target) === undefined) {
      return this.add(pointer, '$ref', 'points to nothing');
    }
    if (this.isLoop(target)) return this.add(pointer, '$ref', 'leads back to itself');
    walkSchemas(valueAt(this.root, target), (schema, at) => this.check(schema, at), target);
  }

  /** `{"$ref": "#/$defs/a"}` at `#/$defs/a`, directly or through other bare references. */
  private isLoop(start: string): boolean {
    const seen = new Set<string>();
    for (let target: string | undefined = start; target !== undefined;) {
      if (seen.has(target)) return true;
      seen.add(target);
      const schema: unknown = valueAt(this.root, target);
      const reference: unknown = isObject(schema) ? schema['$ref'] : undefined;
      target =
        typeof reference === 'string' && /^#(?:\/|$)/.test(reference)
          ? decodeFragment(reference.slice(1))
          : undefined;
    }
    return false;
  }

  /** The base URI of the resource that holds this place (core §9.1). */
  private base(pointer: string): string {
    let base = 'wasl:/';
    let schema: unknown = this.root;
    const tokens = pointer.split('/').slice(1);
    for (let depth = 0; ; depth += 1) {
      if (isObject(schema) && typeof schema['$id'] === 'string' && depth < tokens.length + 1) {
        base = resolveUri(schema['$id'], base);
      }
      const token = tokens[depth];
      if (token === undefined) return base.split('#', 1)[0]!;
      schema = valueAt(schema, `/${token}`);
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

function resolveUri(reference: string, base: string): string {
  if (reference.startsWith('urn:')) return reference.replace(/#$/, '');
  if (reference.startsWith('#') || reference === '')
    return (base.split('#', 1)[0]! + reference).replace(/#$/, '');
  return URL.canParse(reference, base) ? new URL(reference, base).href.replace(/#$/, '') : reference;
}

function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}

function violation(pointer: string, rule: string, message: string): Violation {
  return { pointer, rule, message };
}
