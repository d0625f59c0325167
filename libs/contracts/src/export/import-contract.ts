import { fromAsyncApi } from './from-asyncapi.js';
import { fromJsonSchema } from './from-json-schema.js';
import { fromOdcs } from './from-odcs.js';
import type { ImportedContract } from './imported-contract.js';

const READERS = { odcs: fromOdcs, asyncapi: fromAsyncApi, 'json-schema': fromJsonSchema };

export type ImportFormat = keyof typeof READERS;
export const IMPORT_FORMATS = Object.keys(READERS) as ImportFormat[];

/**
 * A contract made of a document in another format.
 *
 * @throws WaslError `malformed-body` or `invalid-schema` if the text is no such document
 */
export function importContract(format: ImportFormat, text: string): ImportedContract {
  return READERS[format](text);
}
