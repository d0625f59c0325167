/** A subject within its context. Contexts have names of their own: `.` is the default, others start with a dot. */
export interface QualifiedSubject {
  context: string;
  subject: string;
}

export const DEFAULT_CONTEXT = '.';
/** Settings of this context hold wherever no other says anything. */
export const GLOBAL_CONTEXT = '.__GLOBAL';
/** As a prefix: all contexts. */
export const ANY_CONTEXT = '*';

const QUALIFIED = /^:(\.[^:]*|\*):?/;
const LOOKS_QUALIFIED = /^:[.*]/;

/** Reads `subject`, `:.context:subject`, `:.context:` or `:*:subject`. Never fails: whatever else is a plain subject. */
export function parseSubject(text: string): QualifiedSubject {
  const match = QUALIFIED.exec(text);
  if (!match) return { context: DEFAULT_CONTEXT, subject: text };
  return { context: match[1]!, subject: text.slice(match[0].length) };
}

/** Reads back as what it was made of: a subject of the default context that looks qualified names that context. */
export function qualifiedName({ context, subject }: QualifiedSubject): string {
  const isClear = context === DEFAULT_CONTEXT && !LOOKS_QUALIFIED.test(subject);
  return isClear ? subject : `:${context}:${subject}`;
}

/** A subject as a reference or an alias names it: without a context of its own it is one of the parent's. */
export function withinContext(parent: string, text: string): QualifiedSubject {
  const named = parseSubject(text);
  return named.context === DEFAULT_CONTEXT ? { context: parent, subject: named.subject } : named;
}

/** `.name` of a context as URLs and clients write it (`name`, `.name`, `:.name:`); `undefined` if it is none. */
export function contextName(text: string): string | undefined {
  const bare = text.replace(/^:/, '').replace(/:$/, '');
  const name = bare.startsWith('.') ? bare : `.${bare}`;
  return CONTEXT.test(name) ? name : undefined;
}

const CONTEXT = /^\.[\w.-]{0,127}$/;
const CONTROL = /\p{Cc}/u;
const RESERVED = new Set(['__GLOBAL', '__EMPTY']);
const LONGEST = 255;

/**
 * Whether schemas may be registered under it: no control characters, a sane context, not a reserved name, and not
 * an empty one, whose settings would be those of its whole context.
 */
export function isValidSubject({ context, subject }: QualifiedSubject): boolean {
  return (
    subject !== '' &&
    subject.length <= LONGEST &&
    !CONTROL.test(subject) &&
    !RESERVED.has(subject) &&
    !LOOKS_QUALIFIED.test(subject) &&
    context !== GLOBAL_CONTEXT &&
    CONTEXT.test(context)
  );
}

/** Whether settings may be kept for it: a subject, a context as a whole, or all contexts. */
export function isValidScope({ context, subject }: QualifiedSubject): boolean {
  const hasContext = CONTEXT.test(context);
  return hasContext && subject.length <= LONGEST && !CONTROL.test(subject) && !LOOKS_QUALIFIED.test(subject);
}
