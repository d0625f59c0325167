import { record, ShapeError, text } from '../schemas/metadata.js';
import { locate, member, valueAt, withMember, withoutMember, withValue } from './json-text.js';
import { entitiesOf, ENTITY_TYPES, findEntity, type SchemaEntity } from './schema-entity.js';

/** Keyword under which a schema keeps the tags of an entity. */
export const TAGS = 'confluent:tags';

export interface SchemaTags {
  entity: SchemaEntity;
  tags: string[];
}

const MOST_ENTITIES = 100;
const MOST_TAGS = 100;
const LONGEST_PATH = 2_000;

/** Tags are to be changed where the schema has nothing: error code 42201. */
export class EntityError extends Error {}

/** `[{schemaEntity: {entityPath, entityType}, tags}]`; `null` and absent are none. @throws ShapeError */
export function parseSchemaTags(value: unknown, at: string): SchemaTags[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MOST_ENTITIES)
    throw new ShapeError(`${at} must be an array of at most ${MOST_ENTITIES}`);
  return value.map((item) => {
    const { schemaEntity, tags } = record(item, at);
    const { entityPath, entityType } = record(schemaEntity, 'schemaEntity');
    const path = text(entityPath, 'entityPath');
    const given = text(entityType, 'entityType').toLowerCase();
    const type = ENTITY_TYPES.find((known) => known === given);
    if (type === undefined) throw new ShapeError(`entityType must be one of ${ENTITY_TYPES.join(', ')}`);
    if (path.length > LONGEST_PATH)
      throw new ShapeError(`entityPath is longer than ${LONGEST_PATH} characters`);
    if (!Array.isArray(tags) || tags.length > MOST_TAGS)
      throw new ShapeError(`tags must be an array of at most ${MOST_TAGS} strings`);
    return { entity: { path, type }, tags: tags.map((tag) => text(tag, 'a tag')) };
  });
}

/**
 * A schema with tags added and then removed; all else of its text stays as it is.
 * @param schema canonical text
 * @throws EntityError
 */
export function changeTags(
  schema: string,
  toAdd: readonly SchemaTags[],
  toRemove: readonly SchemaTags[],
): string {
  const changes = [...toAdd, ...toRemove];
  if (changes.length === 0) return schema;
  const parsed: unknown = JSON.parse(schema);
  let changed = schema;
  for (const [index, { entity, tags }] of changes.entries()) {
    const tokens = findEntity(parsed, entity);
    // Tags change no other member, so where something is stays the same.
    const at = tokens && locate(changed, tokens);
    if (at === undefined) throw new EntityError(`No matching path '${entity.path}' found in the schema`);
    changed = tagged(changed, at, (old) =>
      index < toAdd.length ? [...new Set([...old, ...tags])] : old.filter((tag) => !tags.includes(tag)),
    );
  }
  return changed;
}

/** Entities that have one of these tags, `*` any, with all of theirs. */
export function taggedEntities(schema: string, wanted: readonly string[]): SchemaTags[] {
  const found: SchemaTags[] = [];
  for (const { entity, node } of entitiesOf(JSON.parse(schema))) {
    const tags = tagsOf(Object.hasOwn(node, TAGS) ? node[TAGS] : undefined);
    if (tags.some((tag) => wanted.includes('*') || wanted.includes(tag))) found.push({ entity, tags });
  }
  return found;
}

function tagged(schema: string, at: number, change: (tags: string[]) => string[]): string {
  const existing = member(schema, at, TAGS);
  const old = existing ? tagsOf(valueAt(schema, existing.value)) : [];
  const tags = change(old);
  if (!existing) return tags.length === 0 ? schema : withMember(schema, at, TAGS, tags);
  return tags.length === 0 ? withoutMember(schema, at, existing) : withValue(schema, existing.value, tags);
}

function tagsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
