import type { StoredSchema, StoredVersion } from '../schemas/schema-store.js';

export interface SchemaAnswer {
  schemaType: 'JSON';
  schema: string;
  guid?: string;
}

export interface VersionAnswer extends SchemaAnswer {
  subject: string;
  version: number;
  id: number;
}

/** Older clients break on unknown members, so newer ones ask for them. */
export function wantsMore(headers: Record<string, string | string[] | undefined>): boolean {
  return headers['confluent-accept-unknown-properties'] === 'true';
}

export function schemaAnswer({ text, guid }: StoredSchema, more: boolean): SchemaAnswer {
  return { schemaType: 'JSON', schema: text, ...(more ? { guid } : {}) };
}

export function versionAnswer(version: StoredVersion, more: boolean): VersionAnswer {
  return {
    subject: version.subject,
    version: version.version,
    id: version.id,
    ...schemaAnswer(version, more),
  };
}
