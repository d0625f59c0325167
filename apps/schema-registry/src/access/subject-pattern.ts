import { DEFAULT_CONTEXT, parseQualifiedSubject, type QualifiedSubject } from './qualified-subject.js';

/** Subjects that an account has a right to. */
export interface SubjectPattern {
  /** undefined: every context */
  context: string | undefined;
  /** The whole name, or with `open` its beginning. */
  subject: string;
  open: boolean;
}

const EVERY_CONTEXT = ':*:';

/**
 * Reads `orders-value`, `orders-*`, `:.context:orders-*`, `:.context:*` or `:*:*`. A star stands at the end
 * alone and for any ending, the empty one included; without a context the default one is meant.
 * @returns undefined for anything else
 */
export function parseSubjectPattern(text: string): SubjectPattern | undefined {
  const everywhere = text.startsWith(EVERY_CONTEXT);
  const name = everywhere
    ? { context: undefined, subject: text.slice(EVERY_CONTEXT.length) }
    : parseQualifiedSubject(text);
  if (!name) return undefined;
  const open = name.subject.endsWith('*');
  const subject = open ? name.subject.slice(0, -1) : name.subject;
  if (subject.includes('*') || (subject === '' && !open)) return undefined;
  if ((everywhere || name.context !== DEFAULT_CONTEXT) && subject.startsWith(':')) return undefined;
  return { context: name.context, subject, open };
}

/** A context as a whole is covered only by all of its subjects. */
export function covers(pattern: SubjectPattern, { context, subject }: QualifiedSubject): boolean {
  if (pattern.context !== undefined && pattern.context !== context) return false;
  return pattern.open ? subject.startsWith(pattern.subject) : subject === pattern.subject;
}

/** Everything there is. */
export function isUnlimited({ context, subject, open }: SubjectPattern): boolean {
  return context === undefined && subject === '' && open;
}
