import type { Ajv } from 'ajv';
import { _ } from 'ajv';
import type { SchemaObject } from './schema-walk.js';

/** Work that one validation may cost: a schema evaluated once is one unit, 10 to 200 ns. */
const UNITS = 1_000_000;
/** Work for the report of a refusal: each error of it is an object, so a step costs far more. */
const REPORT_UNITS = 30_000;
const KEYWORD = 'x-wasl-weight';

/** The work left to one validation. A payload that would cost more is refused: a schema may be small and yet explode. */
export class Budget {
  left = UNITS;

  refill(): void {
    this.left = UNITS;
  }

  refillForReport(): void {
    this.left = REPORT_UNITS;
  }

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new BudgetExceeded();
  }
}

export class BudgetExceeded extends Error {}

/** Makes validators of this AJV instance spend the weight of each schema they evaluate. */
export function meterWith(budget: Budget, ajv: Ajv): void {
  ajv.addKeyword({
    keyword: KEYWORD,
    before: '$ref',
    schemaType: 'number',
    code({ gen, schema }) {
      const name = gen.scopeValue('obj', { ref: budget });
      gen.code(_`if ((${name}.left -= ${schema as number}) < 0) ${name}.spend(0)`);
    },
  });
}

/** Writes the weight of a schema beside its keywords. */
export function weigh(schema: SchemaObject): void {
  const values: unknown = schema['enum'];
  schema[KEYWORD] = 1 + (Array.isArray(values) ? values.length >> 1 : 0);
}
