import type { ErrorObject, ValidateFunction } from 'ajv';
import { WaslError, type Violation } from '#protocol';
import { Budget, BudgetExceeded } from './budget.js';
import { pointerToken, pointerTokens } from './json-pointer.js';
import { inspectSchema, invalidSchema } from './lint.js';
import { BUNDLE_LIMITS, LINT_LIMITS } from './lint-limits.js';
import { type PreparedSchema, prepareSchema } from './prepared-schema.js';
import type { References } from './references.js';
import { createValidator } from './validator.js';

const MAX_VIOLATIONS = 20;
/** Beyond this many values only the first violation is told: collecting all of them costs time and memory. */
const MAX_VALUES_FOR_REPORT = 2_000;

const MAX_OPTIMIZED_LENGTH = 32 * 1024;

const VALID: Violation[] = [];
Object.freeze(VALID);
const TOO_COMPLEX: Violation = {
  pointer: '',
  rule: 'complexity',
  message: 'takes too many steps to validate, or is nested too deeply',
};

/** A data contract ready to judge payloads. */
export class CompiledContract {
  private report: ValidateFunction | undefined;

  private constructor(
    private readonly prepared: PreparedSchema,
    private readonly budget: Budget,
    private readonly decide: ValidateFunction,
  ) {}

  /**
   * @param references as for `lintSchema`; a text that `bundleSchema` made needs none
   * @throws WaslError `invalid-schema` with the linter's violations, or when the validator can't be built
   */
  static compile(schemaText: string, references?: References): CompiledContract {
    const source = { text: schemaText, ...(references && { references }) };
    const { violations, document } = inspectSchema(source, references ? LINT_LIMITS : BUNDLE_LIMITS);
    if (violations.length > 0 || document === undefined) throw invalidSchema(violations);
    const prepared = prepareSchema(document);
    const budget = new Budget();
    const optimize = schemaText.length <= MAX_OPTIMIZED_LENGTH;
    try {
      const validator = createValidator(prepared, budget, { allErrors: false, optimize });
      return new CompiledContract(prepared, budget, validator.compile(prepared.schema));
    } catch (cause) {
      const reason = (cause as Error).message.slice(0, 200);
      throw new WaslError('invalid-schema', `the schema cannot be compiled: ${reason}`, { cause });
    }
  }

  /** @returns `[]` if valid, else at most 20 violations: pointer and keyword, never a value or a name the sender chose */
  validate(data: unknown): Violation[] {
    this.budget.refill();
    try {
      return this.decide(data) === true ? VALID : this.explain(data);
    } catch (error) {
      if (isExhausted(error)) return [TOO_COMPLEX];
      throw error;
    }
  }

  private explain(data: unknown): Violation[] {
    const first = this.decide.errors ?? [];
    if (hasMoreValuesThan(data, MAX_VALUES_FOR_REPORT)) return this.toViolations(first, data);
    this.report ??= createValidator(this.prepared, this.budget, { allErrors: true, optimize: false }).compile(
      this.prepared.schema,
    );
    this.budget.refillForReport();
    try {
      this.report(data);
    } catch (error) {
      if (isExhausted(error)) return this.toViolations(first, data);
      throw error;
    }
    const all = this.toViolations(this.report.errors ?? first, data);
    this.report.errors = null;
    return all;
  }

  private toViolations(errors: ErrorObject[], data: unknown): Violation[] {
    const violations = new Map<string, Violation>();
    for (const error of errors) {
      // `if` only says that `then` or `else` failed, which is reported itself.
      if (error.keyword === 'if' && errors.length > 1) continue;
      const missing: unknown = (error.params as Record<string, unknown>)['missingProperty'];
      const pointer =
        publicPointer(error.instancePath, data, this.prepared.names) +
        (typeof missing === 'string' ? pointerToken(missing) : '');
      const key = `${pointer} ${error.keyword}`;
      if (!violations.has(key))
        violations.set(key, { pointer, rule: error.keyword, message: error.message ?? '' });
      if (violations.size === MAX_VIOLATIONS) break;
    }
    return [...violations.values()];
  }
}

/** Out of work, or out of stack. */
function isExhausted(error: unknown): boolean {
  return error instanceof BudgetExceeded || error instanceof RangeError;
}

/** The path with `*` for each member name that the sender, not the schema, chose. */
function publicPointer(pointer: string, data: unknown, names: ReadonlySet<string>): string {
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
