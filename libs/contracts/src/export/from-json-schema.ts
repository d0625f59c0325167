import { isObject } from '../schema-walk.js';
import { type ImportedContract, malformed, Notes } from './imported-contract.js';
import { contractOfSchema, refuseBadSchema } from './schema-contract.js';

/**
 * Reads a JSON Schema, bundled or not. It tells next to nothing of governance.
 *
 * @throws WaslError `invalid-schema`; `malformed-body` if it is no object
 */
export function fromJsonSchema(text: string): ImportedContract {
  refuseBadSchema(text);
  const schema: unknown = JSON.parse(text);
  if (!isObject(schema)) throw malformed('a contract is a schema that is an object');
  return contractOfSchema(schema, {}, new Notes());
}
