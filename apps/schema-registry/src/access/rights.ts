import type { QualifiedSubject } from '../schemas/qualified-subject.js';
import type { SubjectPattern } from './subject-pattern.js';

/**
 * What can be done to a subject, or to a context as a whole: look up and test, register, delete (softly
 * or for good), set level and mode; and `admin`, what concerns the whole registry or overrides its rules.
 */
export type RegistryAction = 'read' | 'write' | 'delete' | 'config' | 'admin';

/** What one caller may do. */
export interface Rights {
  /** Nothing has to be filtered out of lists for this caller. */
  readonly readsAll: boolean;
  /** Whether there is anything that the caller may read. */
  readonly readsSome: boolean;
  /** What the caller may read where that is not everything. */
  readonly readable?: readonly SubjectPattern[];
  reads(subject: QualifiedSubject): boolean;
  /** @param subject undefined: the registry as a whole */
  allows(action: RegistryAction, subject: QualifiedSubject | undefined): boolean | Promise<boolean>;
}

export const ALL_RIGHTS: Rights = { readsAll: true, readsSome: true, reads: () => true, allows: () => true };

/** Looking up, of everything. */
export const READER_RIGHTS: Rights = {
  readsAll: true,
  readsSome: true,
  reads: () => true,
  allows: (action) => action === 'read',
};
