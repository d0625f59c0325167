export type Dialect = 'draft-04' | 'draft-06' | 'draft-07' | '2019-09' | '2020-12';

const DIALECTS: Record<string, Dialect> = {
  'json-schema.org/draft-04/schema': 'draft-04',
  'json-schema.org/draft-06/schema': 'draft-06',
  'json-schema.org/draft-07/schema': 'draft-07',
  'json-schema.org/draft/2019-09/schema': '2019-09',
  'json-schema.org/draft/2020-12/schema': '2020-12',
};

/** The dialect that `$schema` names; draft-07 without one, as registries of Kafka do; `undefined` if unknown. */
export function dialectOf(schema: unknown): Dialect | undefined {
  if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, '$schema')) return 'draft-07';
  const uri: unknown = (schema as Record<string, unknown>)['$schema'];
  return typeof uri === 'string' ? DIALECTS[uri.replace(/^https?:\/\//, '').replace(/#$/, '')] : undefined;
}

/** Up to draft-07 a `$ref` hides all that stands beside it, an `$id` too. */
export function refHidesSiblings(dialect: Dialect): boolean {
  return dialect !== '2019-09' && dialect !== '2020-12';
}

/** Where a document of the dialect keeps schemas that others refer to. */
export function definitionsKeyword(dialect: Dialect): '$defs' | 'definitions' {
  return refHidesSiblings(dialect) ? 'definitions' : '$defs';
}

/** The keyword that gives a schema its URI. */
export function idKeyword(dialect: Dialect): '$id' | 'id' {
  return dialect === 'draft-04' ? 'id' : '$id';
}
