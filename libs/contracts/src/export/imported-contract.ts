import { WaslError } from '#protocol';
import { governanceViolations } from '../governance.js';
import type { SchemaObject } from '../schema-walk.js';

/** What an import could not carry, or what has to be added. */
export interface ImportNote {
  /** where the pointer leads into: the document that was read, or the contract that was made of it */
  in: 'document' | 'contract';
  pointer: string;
  message: string;
}

/** A contract made of a document in another format, and what was lost or has to be added by hand. */
export interface ImportedContract {
  /** pointer to the part of the document that it was made of */
  source: string;
  /** `contract.yaml` as far as the document has it */
  governance: SchemaObject;
  schemaText: string;
  notes: ImportNote[];
}

/** A message of the document that no contract can be made of. */
export interface RefusedMessage {
  source: string;
  /** as `--message` takes it */
  name: string;
  /** what is wrong, where, and what to do */
  message: string;
}

export interface ImportOutcome {
  contracts: ImportedContract[];
  refused: RefusedMessage[];
}

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

const SHOWN_OF_POINTER = 200;

/** @param pointer where in the document it is wrong, unless that is the whole */
export function malformed(detail: string, pointer?: string): WaslError {
  const place = pointer === undefined ? '' : `at "${shown(pointer)}" `;
  return new WaslError('malformed-body', `the document cannot be imported: ${place}${detail}`, {
    violations: pointer === undefined ? undefined : [{ pointer, rule: 'import', message: detail }],
  });
}

/** As much of a pointer or reference as a message may hold. */
export function shown(pointer: string): string {
  return pointer.length > SHOWN_OF_POINTER ? `${pointer.slice(0, SHOWN_OF_POINTER)}…` : pointer;
}

/** Text in the letters that names of domains and contracts may have; `''` if none of it is. */
export function slug(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text
    .slice(0, 500)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}
