import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { checkCompatibility, type SemanticVerdict } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { Config } from '../settings/settings.js';
import type { Content } from './content.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import type { SubjectState } from './registration-decision.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore } from './schema-store.js';

/** Compares a new content with the versions that its subject's settings name. */
@Injectable()
export class CompatibilityService {
  constructor(
    private readonly store: SchemaStore,
    private readonly references: ReferenceResolver,
  ) {}

  /** @throws ConfluentError 409/40901 with each difference */
  async assertCompatible(
    subject: QualifiedSubject,
    content: Content,
    state: SubjectState,
    client: PoolClient,
  ): Promise<void> {
    const { compatibilityLevel: level = 'BACKWARD', compatibilityGroup } = state.config;
    if (level === 'NONE') return;
    const all = level.endsWith('_TRANSITIVE') || compatibilityGroup !== undefined;
    const previous = all
      ? [...(await this.store.history(subject, client)), ...state.pending]
      : [state.latest!];
    const { compatible, messages } = await this.verdict(subject, content, previous, state.config);
    if (compatible) return;
    throw ConfluentError.incompatible(qualifiedName(subject), messages);
  }

  /** @param previous oldest first */
  async verdict(
    subject: QualifiedSubject,
    content: Content,
    previous: readonly StoredVersion[],
    config: Config,
  ): Promise<{ compatible: boolean; messages: string[] }> {
    const { compatibilityLevel = 'BACKWARD', compatibilityPolicy = 'STRICT', compatibilityGroup } = config;
    const group = groupOf(content, compatibilityGroup);
    const compared = previous.filter((version) => groupOf(version, compatibilityGroup) === group);
    const candidate = { text: content.text, ...(await this.texts(subject.context, content)) };
    const sources = [];
    for (const version of compared)
      sources.push({
        version: version.version,
        text: version.text,
        ...(await this.texts(version.context, version)),
      });
    const { compatible, messages } = checkCompatibility({
      candidate,
      previous: sources,
      level: compatibilityLevel,
      policy: compatibilityPolicy,
      validateFields: config.validateFields ?? false,
    });
    return { compatible, messages };
  }

  async semantic(
    _subject: QualifiedSubject,
    _content: Content,
    _previous: readonly StoredVersion[],
    _config: Config,
  ): Promise<SemanticVerdict> {
    return { verdict: 'undecided', reasons: [] };
  }

  private async texts(context: string, { references }: Content) {
    return references.length === 0
      ? {}
      : { references: (await this.references.resolve(context, references)).texts };
  }
}

/** Versions with another value of this metadata property are another line, which may break with the others. */
function groupOf({ metadata }: Content, property: string | undefined): string | undefined {
  if (property === undefined || !Object.hasOwn(metadata?.properties ?? {}, property)) return undefined;
  return metadata!.properties[property];
}
