import { WaslError } from '#protocol';
import { fromAsyncApi } from './from-asyncapi.js';
import { fromJsonSchema } from './from-json-schema.js';
import { fromOdcs } from './from-odcs.js';
import { type ImportOutcome, malformed } from './imported-contract.js';

export const IMPORT_FORMATS = ['odcs', 'asyncapi', 'json-schema'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

export interface ImportRequest {
  format: ImportFormat;
  text: string;
  /** name or topic of the one message of an AsyncAPI document to take; else all are */
  message?: string | undefined;
}

/**
 * The contracts made of a document in another format.
 *
 * @throws WaslError `malformed-body` or `invalid-schema` if the text is no such document
 */
export function importContracts({ format, text, message }: ImportRequest): ImportOutcome {
  if (format === 'asyncapi') return unlessNone(fromAsyncApi(text, message));
  if (message !== undefined) throw malformed('only an AsyncAPI document has messages to choose from');
  return { contracts: [format === 'odcs' ? fromOdcs(text) : fromJsonSchema(text)], refused: [] };
}

function unlessNone(outcome: ImportOutcome): ImportOutcome {
  const [first] = outcome.refused;
  if (outcome.contracts.length > 0 || first === undefined) return outcome;
  const violations = outcome.refused.map(({ source, message }) => ({
    pointer: source,
    rule: 'import',
    message,
  }));
  throw new WaslError('malformed-body', first.message, { violations });
}
