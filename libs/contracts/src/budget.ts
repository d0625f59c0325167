import type { Ajv, KeywordCxt } from 'ajv';
import { _ } from 'ajv';
import { costOfComparison, hasSimpleItems, itemsOf, membersOf, weightOf } from './keyword-cost.js';
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

/** Makes validators of this AJV instance spend what each schema costs that they evaluate. */
export function meterWith(budget: Budget, ajv: Ajv): void {
  ajv.addKeyword({
    keyword: KEYWORD,
    before: '$ref',
    schemaType: 'number',
    code({ gen, data, schema, parentSchema, it }: KeywordCxt) {
      const name = gen.scopeValue('obj', { ref: budget });
      gen.code(_`if ((${name}.left -= ${schema as number}) < 0) ${name}.spend(0)`);
      const says = parentSchema as SchemaObject;
      if (says['maxLength'] !== undefined || says['minLength'] !== undefined) {
        gen.code(
          _`if (typeof ${data} == "string" && (${name}.left -= ${data}.length >> 5) < 0) ${name}.spend(0)`,
        );
      }
      if (says['maxProperties'] !== undefined || says['minProperties'] !== undefined) {
        const members = gen.scopeValue('func', { ref: membersOf });
        gen.code(_`${name}.spend(${members}(${data}))`);
      }
      if (says['uniqueItems'] === true) {
        // The first violation ends the validation unless it is to report all: what is too long is never compared.
        const most = it.allErrors ? undefined : says['maxItems'];
        const limit = typeof most === 'number' ? most : Infinity;
        const cost = gen.scopeValue('func', { ref: hasSimpleItems(says) ? itemsOf : costOfComparison });
        gen.code(_`${name}.spend(${cost}(${data}, ${limit}))`);
      }
    },
  });
}

/** Writes the weight of a schema beside its keywords. */
export function weigh(schema: SchemaObject): void {
  schema[KEYWORD] = weightOf(schema);
}
