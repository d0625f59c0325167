import type { Ajv, ValidateFunction } from 'ajv';
import { Budget, BudgetExceeded } from '../budget.js';
import { valueAt } from '../json-pointer.js';
import { type PreparedSchema, prepareSchema } from '../prepared-schema.js';
import { isObject, type SchemaObject, walkSchemas } from '../schema-walk.js';
import { encodeFragment } from '../schema-uri.js';
import { createValidator } from '../validator.js';
import type { Effort } from './effort.js';
import { type Place, type SchemaGraph, target } from './places.js';

/** Units of validation for one instance: those that are tried are small. */
const UNITS = 100_000;
const UNITS_PER_STEP = 100;
const STEPS_TO_COMPILE_A_PLACE = 50;
const ROOT = 'wasl:judged';

/** A keyword that refuses an instance, and where. */
export interface Cause {
  pointer: string;
  keyword: string;
  /** where in the instance */
  at: string;
  parameters: Record<string, unknown>;
  /** the place is `false`: nothing but to be absent would do */
  isFalse: boolean;
}

/** The platform's own validator of one schema, as a judge of instances: of the whole, or of one place. */
export class Judge {
  private readonly budget = new Budget();
  private readonly byPlace = new Map<string, ValidateFunction | undefined>();
  private readonly prepared: PreparedSchema;
  private parts: Ajv | undefined;
  private whole: ValidateFunction | undefined;
  private explainer: { validate: ValidateFunction; pointers: Map<unknown, string> } | undefined;

  constructor(
    readonly graph: SchemaGraph,
    private readonly effort: Effort,
  ) {
    this.prepared = prepareSchema(graph.document);
  }

  /** `undefined` when that takes too much work to say */
  accepts(value: unknown): boolean | undefined {
    this.whole ??= this.validator().compile({ $ref: ROOT });
    return this.run(this.whole, value);
  }

  acceptsAt(place: Place, value: unknown): boolean | undefined {
    let validate = this.byPlace.get(place.pointer);
    if (!this.byPlace.has(place.pointer)) {
      this.effort.spend(STEPS_TO_COMPILE_A_PLACE);
      validate = this.compileAt(place.pointer);
      this.byPlace.set(place.pointer, validate);
    }
    return validate === undefined ? undefined : this.run(validate, value);
  }

  /** As `accepts`, by the validator that can also tell the causes: a search compiles but that one. */
  refuses(value: unknown): boolean {
    this.explainer ??= this.createExplainer();
    return this.run(this.explainer.validate, value) === false;
  }

  /** Which keywords refuse this instance, apart from those of branches that need not hold. */
  causes(value: unknown): Cause[] {
    const { validate, pointers } = (this.explainer ??= this.createExplainer());
    if (this.run(validate, value) !== false) return [];
    const found: Cause[] = [];
    for (const error of validate.errors ?? []) {
      const pointer = pointers.get(error.parentSchema);
      if (pointer === undefined || error.keyword === 'if') continue;
      const parameters = error.params as Record<string, unknown>;
      const isFalse = valueAt(this.graph.json, pointer) === false;
      if (this.graph.at(pointer) === undefined && error.keyword === 'anyOf') {
        // The validator's own form of a condition, one of the `allOf` of the schema that states it.
        const stated = pointer.replace(/\/allOf\/\d+$/, '');
        found.push({ pointer: stated, keyword: 'if', at: error.instancePath, parameters, isFalse });
        continue;
      }
      found.push({ pointer, keyword: error.keyword, at: error.instancePath, parameters, isFalse });
    }
    return found;
  }

  private run(validate: ValidateFunction, value: unknown): boolean | undefined {
    this.budget.left = UNITS;
    try {
      return validate(value) === true;
    } catch (error) {
      if (error instanceof BudgetExceeded || error instanceof RangeError) return undefined;
      throw error;
    } finally {
      this.effort.spend(1 + Math.max(0, Math.ceil((UNITS - this.budget.left) / UNITS_PER_STEP)));
    }
  }

  /** Made on first use: most proofs need none. */
  private validator(): Ajv {
    if (this.parts) return this.parts;
    this.parts = createValidator(this.prepared, this.budget, { allErrors: false, optimize: false });
    this.parts.addSchema(asObject(this.prepared.schema), ROOT);
    return this.parts;
  }

  private compileAt(pointer: string): ValidateFunction | undefined {
    try {
      return this.validator().compile({ $ref: `${ROOT}#${encodeFragment(pointer)}` });
    } catch {
      return undefined; // a place the validator cannot name: nothing is said of it
    }
  }

  private createExplainer(): { validate: ValidateFunction; pointers: Map<unknown, string> } {
    const how = { allErrors: true, optimize: false, verbose: true };
    const schema = spelledOut(asObject(this.prepared.schema)) as SchemaObject;
    const pointers = new Map<unknown, string>();
    for (const pointer of decisivePointers(schema, this.graph))
      pointers.set(valueAt(schema, pointer), pointer);
    return { validate: createValidator(this.prepared, this.budget, how).compile(schema), pointers };
  }
}

function asObject(json: SchemaObject | boolean): SchemaObject {
  if (typeof json === 'boolean') return json ? {} : { not: {} };
  return json;
}

const BY_NAME = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** `false` where only its parent's keyword would be told, as a schema of its own that can be told. */
function spelledOut(schema: unknown, keyword = ''): unknown {
  if (keyword === 'enum' || keyword === 'const' || keyword === 'default' || keyword === 'examples')
    return schema;
  if (Array.isArray(schema)) return schema.map((item) => spelledOut(item));
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    const isPlace = BY_NAME.has(keyword) || name === 'then' || name === 'else';
    return [
      name,
      value === false && isPlace ? { not: {} } : spelledOut(value, BY_NAME.has(keyword) ? '' : name),
    ];
  });
  return Object.fromEntries(entries);
}

const UNDECISIVE = new Set([
  ...['anyOf', 'oneOf', 'not', 'if', 'contains', 'propertyNames', '$defs', 'definitions'],
]);

/** Places whose refusal is by itself a refusal of the whole: not in a branch, and not the test of a condition. */
function decisivePointers(schema: SchemaObject, graph: SchemaGraph): Set<string> {
  const found = new Set<string>();
  const pending = [''];
  for (let start = pending.pop(); start !== undefined; start = pending.pop()) {
    // The context is the pointer of the schema that holds the visited one, unless that is not decisive.
    walkSchemas<string | undefined>(
      valueAt(schema, start),
      (_, pointer, outer) => {
        const step = outer === undefined ? '' : pointer.slice(outer.length + 1).split('/')[0]!;
        if (outer === undefined || UNDECISIVE.has(step) || (found.has(pointer) && pointer !== start)) {
          return undefined;
        }
        found.add(pointer);
        const place = graph.at(pointer);
        const referred = place && target(place)?.pointer;
        if (referred !== undefined && !found.has(referred)) pending.push(referred);
        return pointer;
      },
      start,
      start,
    );
  }
  return found;
}
