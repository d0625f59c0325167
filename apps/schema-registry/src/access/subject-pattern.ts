import { DEFAULT_CONTEXT, type QualifiedSubject } from '../schemas/qualified-subject.js';

/** Subjects that an account has a right to. */
export interface SubjectPattern {
  /** undefined: every context */
  context: string | undefined;
  /** The whole name, or with `open` its beginning. */
  subject: string;
  open: boolean;
}

const QUALIFIED = /^:(\*|\.[\w.-]*):(.*)$/s;

/**
 * Reads `orders-value`, `orders-*`, `:.context:orders-*`, `:.context:*` or `:*:*`. A star stands at the end
 * alone and for any ending, the empty one included; without a context the default one is meant.
 * @returns undefined for anything else
 */
export function parseSubjectPattern(text: string): SubjectPattern | undefined {
  const match = QUALIFIED.exec(text);
  const [context, name] = match ? [match[1]!, match[2]!] : [DEFAULT_CONTEXT, text];
  const open = name.endsWith('*');
  const subject = open ? name.slice(0, -1) : name;
  if (subject.includes('*') || subject.startsWith(':') || (subject === '' && !open)) return undefined;
  return { context: context === '*' ? undefined : context, subject, open };
}

/** A context as a whole is covered only by all of its subjects. */
export function covers(pattern: SubjectPattern, { context, subject }: QualifiedSubject): boolean {
  // A wildcard of a request is no context.
  if (!context.startsWith('.') || (pattern.context ?? context) !== context) return false;
  return pattern.open ? subject.startsWith(pattern.subject) : subject === pattern.subject;
}

/** Everything there is. */
export function isUnlimited({ context, subject, open }: SubjectPattern): boolean {
  return context === undefined && subject === '' && open;
}
