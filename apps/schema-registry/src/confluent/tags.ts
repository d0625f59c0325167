import { parseMetadata, record, sortedSet } from '../schemas/metadata.js';
import { mergeRuleSets, parseRuleSet, type RuleSet, withoutRules } from '../schemas/rule-set.js';
import type { SchemaRequest } from '../schemas/registration-decision.js';
import type { StoredVersion } from '../schemas/schema-rows.js';
import {
  changeTags,
  EntityError,
  parseSchemaTags,
  type SchemaTags,
  taggedEntities,
} from '../tags/schema-tags.js';
import { ConfluentError } from './confluent-error.js';
import { nonEmpty, optionalNumber, type Query, refusing } from './requests.js';

/** The next version that has no number yet: one is always made, and its metadata carries the number. */
const NEXT = -1;

/** What `POST …/tags` asks for: new tags, metadata and rules for a version that is there. */
export interface TagRequest {
  /** number that the new version must get, if any */
  newVersion: number | undefined;
  toRegister: (tagged: StoredVersion, previous: StoredVersion | undefined) => SchemaRequest;
}

/** @throws ConfluentError 42201, 42210 */
export function parseTagRequest(body: unknown): TagRequest {
  return refusing(() => {
    const members = record(body ?? {}, 'the request');
    const toAdd = parseSchemaTags(members['tagsToAdd'], 'tagsToAdd');
    const toRemove = parseSchemaTags(members['tagsToRemove'], 'tagsToRemove');
    const metadata = parseMetadata(nonEmpty(members['metadata']));
    const given = parseRuleSet(nonEmpty(members['ruleSet']));
    const toMerge = parseRuleSet(nonEmpty(members['rulesToMerge']));
    const unwanted = sortedSet(members['rulesToRemove'] ?? [], 'rulesToRemove');
    const number = optionalNumber(members['newVersion'], 'newVersion') ?? 0;
    const newVersion = number > 0 ? number : undefined;
    const ruleSetAfter = (previous: RuleSet | undefined): RuleSet | undefined => {
      if (!toMerge && unwanted.length === 0) return given;
      const merged = mergeRuleSets(previous, toMerge);
      return merged && withoutRules(merged, unwanted);
    };
    return {
      newVersion,
      toRegister: (tagged, previous) => ({
        text: changed(tagged.text, toAdd, toRemove),
        references: tagged.references,
        metadata: metadata ?? tagged.metadata,
        ruleSet: ruleSetAfter(previous?.ruleSet),
        version: newVersion ?? NEXT,
        id: undefined,
        normalize: false,
      }),
    };
  });
}

/** A registration whose body asks for tags to be changed in its schema. @throws ConfluentError 42201 */
export function withTags(request: SchemaRequest, body: unknown): SchemaRequest {
  const members = body as Record<string, unknown>;
  const { toAdd, toRemove } = refusing(() => ({
    toAdd: parseSchemaTags(members['schemaTagsToAdd'], 'schemaTagsToAdd'),
    toRemove: parseSchemaTags(members['schemaTagsToRemove'], 'schemaTagsToRemove'),
  }));
  if (toAdd.length + toRemove.length === 0) return request;
  if (request.text === undefined) throw ConfluentError.invalidSchema('Empty schema');
  const text = changed(request.text, toAdd, toRemove);
  return { ...request, text, version: request.version === 0 ? NEXT : request.version };
}

/** `findTags=a&findTags=b`, or `*` for any: what answers then tell of a schema. */
export function tagsAnswer(text: string, query: Query): object {
  const wanted = [query['findTags'] ?? []].flat();
  if (wanted.length === 0) return {};
  const found = taggedEntities(text, wanted);
  if (found.length === 0) return {};
  const schemaTags = found.map(({ entity: { path, type }, tags }) => ({
    schemaEntity: { entityPath: path, entityType: type },
    tags,
  }));
  return { schemaTags };
}

function changed(text: string, toAdd: SchemaTags[], toRemove: SchemaTags[]): string {
  try {
    return changeTags(text, toAdd, toRemove);
  } catch (error) {
    if (error instanceof EntityError) throw ConfluentError.invalidSchema(error.message);
    throw error;
  }
}
