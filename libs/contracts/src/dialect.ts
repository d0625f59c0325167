import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { assertedFormats } from './formats.js';
import { type Budget, meterWith } from './budget.js';
import { meteredPatterns } from './pattern.js';

export type Dialect = 'draft-06' | 'draft-07' | '2019-09' | '2020-12';

const DIALECTS: Record<string, Dialect> = {
  'json-schema.org/draft-06/schema': 'draft-06',
  'json-schema.org/draft-07/schema': 'draft-07',
  'json-schema.org/draft/2019-09/schema': '2019-09',
  'json-schema.org/draft/2020-12/schema': '2020-12',
};

/** The dialect that `$schema` names; draft-07 without one, as registries of Kafka do; `undefined` if unknown. */
export function dialectOf(schema: unknown): Dialect | undefined {
  if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, '$schema')) return 'draft-07';
  const uri: unknown = (schema as Record<string, unknown>)['$schema'];
  return typeof uri === 'string' ? DIALECTS[uri.replace(/^https?:\/\//, '').replace(/#$/, '')] : undefined;
}

export interface ValidatorOptions {
  /** collect all errors instead of the first */
  allErrors: boolean;
  /** tidy the generated code: a fifth faster to run, but seconds to compile for the largest schemas */
  optimize: boolean;
}

/**
 * A fresh AJV for one schema of a member: nothing is shared between schemas (`$id`s may collide), nothing is fetched,
 * inherited properties do not count, and the schema itself was checked by the linter before.
 */
export function createValidator(dialect: Dialect, budget: Budget, how: ValidatorOptions): Ajv {
  const options: Options = {
    allErrors: how.allErrors,
    strict: false,
    validateSchema: false,
    meta: false,
    ownProperties: true,
    logger: false,
    multipleOfPrecision: 9,
    // Inlined, a large target that is referred to often would multiply the generated code.
    inlineRefs: false,
    formats: assertedFormats,
    code: { regExp: meteredPatterns(budget), optimize: how.optimize },
  };
  const ajv = instantiate(dialect, options);
  meterWith(budget, ajv);
  return ajv;
}

function instantiate(dialect: Dialect, options: Options): Ajv {
  if (dialect === '2020-12') return new Ajv2020(options);
  if (dialect === '2019-09') return new Ajv2019(options);
  const ajv = new Ajv(options);
  if (dialect === 'draft-06') for (const keyword of ['if', 'then', 'else']) ajv.removeKeyword(keyword);
  return ajv;
}
