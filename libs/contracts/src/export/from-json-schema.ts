import { type ImportedContract, Notes } from './imported-contract.js';
import { contractOfSchema } from './schema-contract.js';

/**
 * Reads a JSON Schema, bundled or not. It tells next to nothing of governance.
 *
 * @throws WaslError `invalid-schema`; `malformed-body` if it is no object
 */
export function fromJsonSchema(text: string): ImportedContract {
  return contractOfSchema(text, { source: '', governance: {} }, new Notes());
}
