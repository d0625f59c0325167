import type { FastifyRequest } from 'fastify';
import type { Content, SchemaReference } from '../schemas/content.js';
import { metadataAnswer } from '../schemas/metadata.js';
import { qualifiedName, withinContext } from '../schemas/qualified-subject.js';
import { ruleSetAnswer } from '../schemas/rule-set.js';
import type { StoredVersion } from '../schemas/schema-rows.js';

/** Older clients break on unknown members, so newer ones ask for them. */
export function wantsMore(request: FastifyRequest): boolean {
  return request.headers['confluent-accept-unknown-properties'] === 'true';
}

/** How much of a content is shown, and how. */
export interface Shown {
  more: boolean;
  /** subjects of references with their context (`referenceFormat=qualified`) */
  qualifiedReferences?: boolean;
}

export function schemaAnswer(
  content: Content & { context: string; guid: string },
  { more, qualifiedReferences = false }: Shown,
): object {
  const { references, metadata, ruleSet, text, guid } = content;
  const shown = qualifiedReferences ? references.map((item) => inFull(content.context, item)) : references;
  return {
    ...(more ? { guid } : {}),
    schemaType: 'JSON',
    ...(references.length > 0 ? { references: shown } : {}),
    ...(metadata ? { metadata: metadataAnswer(metadata) } : {}),
    ...(ruleSet ? { ruleSet: ruleSetAnswer(ruleSet) } : {}),
    schema: text,
  };
}

export function versionAnswer(
  version: Omit<StoredVersion, 'deleted' | 'registeredAt'> &
    Partial<Pick<StoredVersion, 'deleted' | 'registeredAt'>>,
  shown: Shown,
): object {
  return {
    subject: qualifiedName(version),
    version: version.version,
    id: version.id,
    ...schemaAnswer(version, shown),
    ...(shown.more && version.registeredAt ? { ts: version.registeredAt.getTime() } : {}),
    ...(shown.more && version.deleted !== undefined ? { deleted: version.deleted } : {}),
  };
}

function inFull(context: string, reference: SchemaReference): SchemaReference {
  return { ...reference, subject: qualifiedName(withinContext(context, reference.subject)) };
}
