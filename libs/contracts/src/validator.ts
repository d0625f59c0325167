import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Budget, meterWith } from './budget.js';
import { type Dialect, refHidesSiblings } from './dialect.js';
import { assertedFormats } from './formats.js';
import { meteredPatterns } from './pattern.js';
import type { PreparedSchema } from './prepared-schema.js';
import { withUnevaluatedItems } from './unevaluated-items.js';

export interface ValidatorOptions {
  /** collect all errors instead of the first */
  allErrors: boolean;
  /** tidy the generated code: a fifth faster to run, but seconds to compile for the largest schemas */
  optimize: boolean;
  /** errors carry the schema that refused: for an explanation, not for a stranger's eyes */
  verbose?: boolean;
}

/**
 * A fresh AJV for one schema of a member: nothing is shared between schemas (`$id`s may collide), nothing is fetched,
 * inherited properties do not count, and the schema itself was checked by the linter before.
 */
export function createValidator(prepared: PreparedSchema, budget: Budget, how: ValidatorOptions): Ajv {
  const { dialect, ignored } = prepared;
  const options: Options = {
    allErrors: how.allErrors,
    verbose: how.verbose ?? false,
    // References are pointers: no `$id` is of interest, not even one in an annotation.
    schemaId: 'x-wasl-id' as '$id',
    strict: false,
    validateSchema: false,
    meta: false,
    ownProperties: true,
    logger: false,
    multipleOfPrecision: 9,
    ignoreKeywordsWithRef: refHidesSiblings(dialect),
    // Inlined, a large target that is referred to often would multiply the generated code.
    inlineRefs: false,
    formats: assertedFormats,
    code: { regExp: meteredPatterns(budget), optimize: how.optimize },
  };
  const ajv = instantiate(dialect, options);
  for (const keyword of ignored) ajv.removeKeyword(keyword);
  meterWith(budget, ajv);
  return ajv;
}

function instantiate(dialect: Dialect, options: Options): Ajv {
  if (dialect === '2020-12') return withUnevaluatedItems(new Ajv2020(options));
  if (dialect === '2019-09') return withUnevaluatedItems(new Ajv2019(options));
  return new Ajv(options);
}
