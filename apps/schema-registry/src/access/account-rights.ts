import { DEFAULT_CONTEXT, GLOBAL_CONTEXT, type QualifiedSubject } from '../schemas/qualified-subject.js';
import type { RegistryAction, Rights } from './rights.js';
import { covers, isUnlimited, type SubjectPattern } from './subject-pattern.js';

/** What an account of the file may do to which subjects. */
export type Grants = Record<Exclude<RegistryAction, 'admin'>, readonly SubjectPattern[]>;

/** Rights of an account that is no administrator: whoever may change a subject may also read it. */
export class AccountRights implements Rights {
  readonly readsAll: boolean;
  readonly readsSome: boolean;
  readonly readable: readonly SubjectPattern[];
  private readonly grants: Grants;

  constructor(grants: Grants) {
    const read = [...grants.read, ...grants.write, ...grants.delete, ...grants.config];
    this.grants = { ...grants, read };
    this.readable = read;
    this.readsAll = read.some(isUnlimited);
    this.readsSome = read.length > 0;
  }

  reads(subject: QualifiedSubject): boolean {
    return this.readable.some((pattern) => covers(pattern, subject));
  }

  allows(action: RegistryAction, subject: QualifiedSubject | undefined): boolean {
    if (action === 'admin' || !subject) return false;
    if (action !== 'read' && isEverywhere(subject)) return false;
    return this.grants[action].some((pattern) => covers(pattern, subject));
  }
}

/** What is set there holds wherever a context or a subject says nothing else. */
function isEverywhere({ context, subject }: QualifiedSubject): boolean {
  return context === GLOBAL_CONTEXT || (context === DEFAULT_CONTEXT && subject === '');
}
