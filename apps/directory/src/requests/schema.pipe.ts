import type { PipeTransform } from '@nestjs/common';
import { WaslError, type Violation } from '#protocol';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const MAX_VIOLATIONS = 20;

// Own schemas only, never a caller's: coercion is for query strings.
const bodies = withFormats(new Ajv2020({ allErrors: true, strict: true, strictRequired: false }));
const queries = withFormats(
  new Ajv2020({ allErrors: true, strict: true, coerceTypes: true, useDefaults: true }),
);

/** Checks a request body or a query string against a JSON Schema: WaslError `invalid-request` with pointers. */
export class SchemaPipe<T> implements PipeTransform<unknown, T> {
  private constructor(
    private readonly validate: ReturnType<Ajv2020['compile']>,
    private readonly part: string,
  ) {}

  static body<T>(schema: object): SchemaPipe<T> {
    return new SchemaPipe(bodies.compile(schema), 'body');
  }

  static query<T>(schema: object): SchemaPipe<T> {
    return new SchemaPipe(queries.compile(schema), 'query');
  }

  transform(value: unknown): T {
    const given = this.part === 'query' ? { ...(value as object) } : (value ?? null);
    if (this.validate(given)) return given as T;
    const violations = (this.validate.errors ?? []).slice(0, MAX_VIOLATIONS).map(violation);
    throw new WaslError('invalid-request', `the ${this.part} doesn't follow its schema`, { violations });
  }
}

/** Names the member that is missing or too much, which is no value. */
function violation(error: ErrorObject): Violation {
  const { missingProperty, additionalProperty } = error.params as Record<string, string | undefined>;
  const member = missingProperty ?? additionalProperty;
  const pointer =
    member === undefined ? '' : `/${member.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return { pointer: error.instancePath + pointer, rule: error.keyword };
}

function withFormats(ajv: Ajv2020): Ajv2020 {
  addFormats.default(ajv, ['date-time', 'uuid']);
  return ajv;
}
