import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Ajv04 from 'ajv-draft-04';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import type { Violation } from '#protocol';
import type { Dialect } from './dialect.js';

const META_SCHEMA: Record<Dialect, string> = {
  'draft-04': 'http://json-schema.org/draft-04/schema#',
  'draft-06': 'http://json-schema.org/draft-06/schema#',
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

const validators = new Map<Dialect, Ajv>();

/** The first way in which a schema breaks the meta-schema of its dialect; limits must have been checked before. */
export function metaSchemaViolation(dialect: Dialect, schema: object | boolean): Violation | undefined {
  let ajv = validators.get(dialect);
  if (ajv === undefined) {
    ajv = create(dialect);
    validators.set(dialect, ajv);
  }
  const validate = ajv.getSchema(META_SCHEMA[dialect])!;
  if (validate(schema) === true) return undefined;
  const error = validate.errors?.[0];
  return {
    pointer: error?.instancePath ?? '',
    rule: error?.keyword ?? 'schema',
    message: error?.message ?? 'malformed',
  };
}

function create(dialect: Dialect): Ajv {
  const options: Options = { strict: false, validateSchema: false, logger: false };
  if (dialect === '2020-12') return new Ajv2020(options);
  if (dialect === '2019-09') return new Ajv2019(options);
  if (dialect === 'draft-04') return new Ajv04.default(options);
  const ajv = new Ajv(options);
  if (dialect === 'draft-06') ajv.addMetaSchema(draft06);
  return ajv;
}
