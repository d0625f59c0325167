/** The context of subjects that name none. */
export const DEFAULT_CONTEXT = '.';

/** A subject and the context it lives in. An empty subject stands for the context as a whole. */
export interface QualifiedSubject {
  /** Begins with a full stop; that alone is the default context. */
  context: string;
  subject: string;
}

const CONTEXT = /^\.[\w.-]{0,254}$/;

/**
 * Takes `name` and `:.context:name` apart, as written: nothing is decoded, folded or trimmed.
 * @returns undefined for whatever starts like a qualified name and is none, wildcards included: nobody
 *   but an administrator has a right to it
 */
export function parseQualifiedSubject(text: string): QualifiedSubject | undefined {
  if (!text.startsWith(':')) return { context: DEFAULT_CONTEXT, subject: text };
  const end = text.indexOf(':', 1);
  if (end < 0) return undefined;
  const context = text.slice(1, end);
  return CONTEXT.test(context) ? { context, subject: text.slice(end + 1) } : undefined;
}
