import type { SubjectPattern } from '../access/subject-pattern.js';

/**
 * Condition on the rows of `v`: their subject is one of the patterns. In the statement and not after it, so that a page
 * is as long as there is something to read.
 * @param parameter stands for the patterns as JSON
 */
export function readableSql(parameter: string): string {
  return `exists (select from jsonb_to_recordset(${parameter}::jsonb) as p(context text, subject text, open boolean)
    where coalesce(p.context, v.context) = v.context
      and case when p.open then starts_with(v.subject, p.subject) else v.subject = p.subject end)`;
}

/** What a caller may read: undefined is everything. */
export type Readable = readonly SubjectPattern[] | undefined;
