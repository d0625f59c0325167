import { WaslError, type Violation } from '#protocol';
import { dialectOf } from './dialect.js';
import { pointerToken } from './json-pointer.js';
import { hasSimpleItems } from './keyword-cost.js';
import { LINT_LIMITS, type LintLimits } from './lint-limits.js';
import { metaSchemaViolation } from './meta-schema.js';
import { compilePattern } from './pattern.js';
import {
  assemble,
  type Assembly,
  homeOf,
  reachableHomes,
  type References,
  type SchemaSource,
} from './references.js';
import { flatLength } from './flatten.js';
import { SchemaDocument } from './schema-document.js';
import { isObject, type SchemaObject } from './schema-walk.js';
import { readSource, type SourceParts } from './source-parts.js';

/** An uncapped report of a hostile schema would itself be a flood. */
const MAX_VIOLATIONS = 20;
/** A name that is too long is told by its beginning. */
const SHOWN_OF_NAME = 64;

/**
 * Checks a schema text before anything compiles it: limits, well-formedness against its dialect, patterns that RE2
 * accepts, references that stay inside the document and its `references`, nothing asynchronous or data-driven.
 *
 * @returns what is wrong, pointers into the schema; empty if the schema may be compiled
 */
export function lintSchema(
  schemaText: string,
  limits: Readonly<LintLimits> = LINT_LIMITS,
  references?: References,
): Violation[] {
  return inspectSchema({ text: schemaText, references: references ?? new Map() }, limits).violations;
}

/** What the linter found, and the document it saw: only that of a schema without violations may be used. */
export interface Inspection {
  violations: Violation[];
  document?: SchemaDocument;
  /** name of each embedded schema that the root needs, by pointer */
  homes: ReadonlyMap<string, string>;
}

export function inspectSchema(source: SchemaSource, limits: Readonly<LintLimits>): Inspection {
  const parts = readSource(source, limits);
  if (Array.isArray(parts)) return { violations: parts, homes: new Map() };
  return new Linter(parts, limits).run();
}

/** What is thrown where a schema without violations is needed. */
export function invalidSchema(violations: Violation[]): WaslError {
  const [{ pointer, rule, message } = { pointer: '', rule: 'schema', message: undefined }] = violations;
  return new WaslError('invalid-schema', `${rule} at "${pointer}": ${message ?? 'not allowed'}`, {
    violations,
  });
}

class Linter {
  private readonly violations: Violation[] = [];
  private assembly: Assembly;

  constructor(
    private readonly parts: SourceParts,
    private readonly limits: Readonly<LintLimits>,
  ) {
    this.assembly = assemble(parts.root, parts.references);
  }

  run(): Inspection {
    const dialect = dialectOf(this.parts.root);
    if (dialect === undefined) this.add('/$schema', '$schema', 'an unknown dialect');
    this.measure();
    if (dialect === undefined || this.violations.length > 0) return this.found();
    const document = this.neededDocument();
    for (const [pointer, schema] of document.schemas) this.check(schema, pointer);
    if (flatLength(document) > this.limits.referenceLength)
      this.add('', '$ref', `references that as pointers exceed ${this.limits.referenceLength} characters`);
    if (dialect === '2020-12') this.checkEvaluatedItems(document);
    for (const { pointer, rule, message } of document.problems) this.add(pointer, rule, message ?? '');
    if (this.violations.length === 0) {
      const malformed = metaSchemaViolation(dialect, this.assembly.schema);
      if (malformed) this.violations.push(malformed);
    }
    return this.found(document);
  }

  private found(document?: SchemaDocument): Inspection {
    const { homes } = this.assembly;
    const violations = this.violations.map((violation) => inItsOwnSchema(violation, homes));
    return { violations, homes, ...(document && { document }) };
  }

  /** Leaves out references that nothing needs. */
  private neededDocument(): SchemaDocument {
    const document = new SchemaDocument(this.assembly.schema, this.assembly.names);
    const needed = reachableHomes(document.reached, this.assembly.homes);
    if (needed.size === this.assembly.homes.size) return document;
    const { root, references } = this.parts;
    const { names } = this.assembly;
    const kept = [...references].filter(([name]) => needed.has(names.get(name.replace(/#$/, ''))!));
    this.assembly = assemble(root, new Map(kept));
    return new SchemaDocument(this.assembly.schema, this.assembly.names);
  }

  /** Sizes first and without recursion into what is too large already. */
  private measure(): void {
    let nodes = 0;
    let values = 0;
    let pointerLength = 0;
    const { schema } = this.assembly;
    const pending: { value: object; pointer: string; keyword: string }[] = [];
    if (isObject(schema)) pending.push({ value: schema, pointer: '', keyword: '' });
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
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
      for (const [name, value] of entries as [string, unknown][]) {
        if (name.length > this.limits.nameLength) {
          const shown = pointer + pointerToken(name.slice(0, SHOWN_OF_NAME));
          return this.add(shown, 'name', `a name longer than ${this.limits.nameLength} characters`);
        }
        if (typeof value === 'object' && value !== null) {
          const inside = pointer + pointerToken(name);
          pointerLength += inside.length;
          if (pointerLength > this.limits.pointerLength) {
            const most = this.limits.pointerLength;
            return this.add(
              '',
              'name',
              `long names above too many schemas: their pointers exceed ${most} characters`,
            );
          }
          pending.push({ value, pointer: inside, keyword: name });
        } else if (value === Infinity || value === -Infinity)
          this.add(pointer + pointerToken(name), 'number', 'larger than any number that JSON readers keep');
      }
    }
  }

  private check(schema: SchemaObject, pointer: string): void {
    if (
      pointer !== '' &&
      Object.hasOwn(schema, '$schema') &&
      dialectOf(schema) !== dialectOf(this.parts.root)
    ) {
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
      Number(schema['maxItems'] ?? Infinity) <= this.limits.uniqueItems || hasSimpleItems(schema);
    if (schema['uniqueItems'] === true && !isBounded) {
      const most = this.limits.uniqueItems;
      this.add(
        `${pointer}/uniqueItems`,
        'uniqueItems',
        `needs maxItems of at most ${most} unless items are of a simple type`,
      );
    }
  }

  /** From 2020-12 on `contains` evaluates the items that it accepts; AJV does not keep which. */
  private checkEvaluatedItems({ schemas }: SchemaDocument): void {
    if (![...schemas.values()].some((schema) => schema['contains'] !== undefined)) return;
    for (const [pointer, schema] of schemas) {
      if (schema['unevaluatedItems'] !== undefined && schema['unevaluatedItems'] !== true)
        this.add(
          `${pointer}/unevaluatedItems`,
          'unevaluatedItems',
          'cannot be used together with `contains`',
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
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push({ pointer, rule, message });
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

/** Violations of a referenced schema are told with pointers into that schema. */
function inItsOwnSchema(violation: Violation, homes: ReadonlyMap<string, string>): Violation {
  const home = homeOf(violation.pointer, homes);
  if (home === '') return violation;
  return {
    pointer: violation.pointer.slice(home.length),
    rule: violation.rule,
    message: `in the referenced schema "${homes.get(home)}": ${violation.message}`,
  };
}
