/** What an import could not carry, or what has to be added. */
export interface ImportNote {
  /** where the pointer leads into: the document that was read, or the contract that was made of it */
  in: 'document' | 'contract';
  pointer: string;
  message: string;
}

const MAX_NOTES = 200;

export class Notes {
  readonly all: ImportNote[] = [];

  add(pointer: string, message: string, where: ImportNote['in'] = 'document'): void {
    if (this.all.length < MAX_NOTES) this.all.push({ in: where, pointer, message });
  }
}
