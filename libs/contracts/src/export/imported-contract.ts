import { parseDocument } from 'yaml';
import { WaslError } from '#protocol';
import { governanceViolations } from '../governance.js';
import { isObject, type SchemaObject } from '../schema-walk.js';

/** What an import could not carry, or what has to be added. */
export interface ImportNote {
  /** where the pointer leads into: the document that was read, or the contract that was made of it */
  in: 'document' | 'contract';
  pointer: string;
  message: string;
}

/** A contract made of a document in another format, and what was lost or has to be added by hand. */
export interface ImportedContract {
  /** `contract.yaml` as far as the document has it */
  governance: SchemaObject;
  schemaText: string;
  notes: ImportNote[];
}

const MAX_LENGTH = 512 * 1024;
const MAX_NOTES = 200;

export class Notes {
  readonly all: ImportNote[] = [];

  add(pointer: string, message: string, where: ImportNote['in'] = 'document'): void {
    if (this.all.length < MAX_NOTES) this.all.push({ in: where, pointer, message });
  }

  /** What `contract.yaml` still lacks. */
  addMissing(governance: SchemaObject): void {
    for (const { pointer, rule } of governanceViolations(governance)) {
      this.add(pointer, `contract.yaml is not complete: ${rule}`, 'contract');
    }
  }
}

/**
 * The object that a YAML or JSON text is.
 *
 * @throws WaslError `malformed-body`
 */
export function readYamlObject(text: string): SchemaObject {
  if (text.length > MAX_LENGTH) throw malformed(`larger than ${MAX_LENGTH} characters`);
  let value: unknown;
  try {
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error) throw error;
    value = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw malformed(`it is not YAML: ${(error as Error).message.split('\n')[0]!.slice(0, 200)}`);
  }
  if (!isObject(value)) throw malformed('it is no object');
  return value;
}

export function malformed(detail: string): WaslError {
  return new WaslError('malformed-body', `the document cannot be imported: ${detail}`);
}

/** Text in the letters that names of domains and contracts may have; `''` if none of it is. */
export function slug(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}
