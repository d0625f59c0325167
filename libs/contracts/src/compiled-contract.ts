import type { ErrorObject, ValidateFunction } from 'ajv';
import { WaslError, type Violation } from '#protocol';
import { createValidator, dialectOf, type Dialect } from './dialect.js';
import { pointerToken, pointerTokens } from './json-pointer.js';
import { lintSchema } from './lint.js';
import { walkSchemas } from './schema-walk.js';

const MAX_VIOLATIONS = 20;
/** Beyond this many values only the first violation is told: collecting all of them costs time and memory. */
const MAX_VALUES_FOR_REPORT = 5_000;

const VALID: Violation[] = [];
Object.freeze(VALID);

/** A data contract ready to judge payloads. */
export class CompiledContract {
  private report: ValidateFunction | undefined;
  private names: Set<string> | undefined;

  private constructor(
    private readonly schema: object | boolean,
    private readonly dialect: Dialect,
    private readonly decide: ValidateFunction,
  ) {}

  /** @throws WaslError `invalid-schema` with the linter's violations, or when the validator can't be built */
  static compile(schemaText: string): CompiledContract {
    const violations = lintSchema(schemaText);
    if (violations.length > 0)
      throw new WaslError('invalid-schema', describe(violations[0]!), { violations });
    const schema = JSON.parse(schemaText) as object | boolean;
    const dialect = dialectOf(schema)!;
    try {
      return new CompiledContract(schema, dialect, createValidator(dialect, false).compile(schema));
    } catch (cause) {
      throw new WaslError('invalid-schema', 'the schema cannot be compiled', { cause });
    }
  }

  /** @returns `[]` if valid, else at most 20 violations: pointer and keyword, never a value or a name the sender chose */
  validate(data: unknown): Violation[] {
    try {
      if (this.decide(data) === true) return VALID;
      return this.explain(data);
    } catch (error) {
      if (error instanceof RangeError)
        return [{ pointer: '', rule: 'recursion', message: 'nested too deeply' }];
      throw error;
    }
  }

  private explain(data: unknown): Violation[] {
    const first = this.decide.errors ?? [];
    if (hasMoreValuesThan(data, MAX_VALUES_FOR_REPORT)) return this.toViolations(first, data);
    this.report ??= createValidator(this.dialect, true).compile(this.schema);
    this.report(data);
    const all = this.toViolations(this.report.errors ?? first, data);
    this.report.errors = null;
    return all;
  }

  private toViolations(errors: ErrorObject[], data: unknown): Violation[] {
    this.names ??= declaredNames(this.schema);
    const violations = new Map<string, Violation>();
    for (const error of errors) {
      // `if` only says that `then` or `else` failed, which is reported itself.
      if (error.keyword === 'if' && errors.length > 1) continue;
      const missing: unknown = (error.params as Record<string, unknown>)['missingProperty'];
      const pointer =
        publicPointer(error.instancePath, data, this.names) +
        (typeof missing === 'string' ? pointerToken(missing) : '');
      const key = `${pointer} ${error.keyword}`;
      if (!violations.has(key))
        violations.set(key, { pointer, rule: error.keyword, message: error.message ?? '' });
      if (violations.size === MAX_VIOLATIONS) break;
    }
    return [...violations.values()];
  }
}

function describe(violation: Violation): string {
  return `${violation.rule} at "${violation.pointer}": ${violation.message ?? 'not allowed'}`;
}

/** Names that stand in the schema itself: only these may appear in a report. */
function declaredNames(schema: object | boolean): Set<string> {
  const names = new Set<string>();
  walkSchemas(schema, (subschema) => {
    for (const name of Object.keys(subschema['properties'] ?? {})) names.add(name);
    for (const name of (subschema['required'] ?? []) as string[]) names.add(name);
  });
  return names;
}

/** The path with `*` for each member name that the sender, not the schema, chose. */
function publicPointer(pointer: string, data: unknown, names: Set<string>): string {
  let value = data;
  let out = '';
  for (const token of pointerTokens(pointer)) {
    out += Array.isArray(value) || names.has(token) ? pointerToken(token) : '/*';
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[token] : undefined;
  }
  return out;
}

function hasMoreValuesThan(data: unknown, most: number): boolean {
  const pending: unknown[] = [data];
  for (let seen = 0; pending.length > 0; seen += 1) {
    if (seen > most) return true;
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const item of Object.values(value)) pending.push(item);
  }
  return false;
}
