import { isObject } from '../schema-walk.js';

export type Draft = 'draft-04' | 'draft-06' | 'draft-07' | 'modern';

const DRAFTS: readonly (readonly [uri: string, Draft])[] = [
  ['json-schema.org/draft-04/', 'draft-04'],
  ['json-schema.org/draft-06/', 'draft-06'],
  ['json-schema.org/draft-07/', 'draft-07'],
  ['json-schema.org/draft/2019-09/', 'modern'],
  ['json-schema.org/draft/2020-12/', 'modern'],
];

/** The draft that `$schema` names, as far as the comparison tells drafts apart; `undefined` without a known one. */
export function draftOf(schema: unknown): Draft | undefined {
  const uri = isObject(schema) && Object.hasOwn(schema, '$schema') ? schema['$schema'] : undefined;
  if (typeof uri !== 'string') return undefined;
  return DRAFTS.find(([prefix]) => uri.replace(/^https?:\/\//, '').startsWith(prefix))?.[1];
}
