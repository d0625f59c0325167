import { Injectable } from '@nestjs/common';
import { SettingStore } from '../settings/setting-store.js';
import { identityOf, normalized } from './content.js';
import { topicOfSubject } from '../topics.js';
import { DEFAULT_CONTEXT, type QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import { contentOf, findVersion, guidsOf, inherited, type SchemaRequest } from './registration-decision.js';
import type { StoredVersion } from './schema-rows.js';
import { type Deleted, SchemaStore } from './schema-store.js';
import { ConfluentError } from '../confluent/confluent-error.js';

/**
 * Whether a subject without a context is looked for in the others as well, as clients of contexts expect. Never one
 * of a topic of the bus: what another member calls so is not that topic's.
 */
export function isFoundElsewhere({ context, subject }: QualifiedSubject): boolean {
  return context === DEFAULT_CONTEXT && topicOfSubject(subject) === undefined;
}

/** Finds the version of a subject that has a content. */
@Injectable()
export class LookUpService {
  constructor(
    private readonly store: SchemaStore,
    private readonly settings: SettingStore,
    private readonly references: ReferenceResolver,
  ) {}

  /**
   * As sent, else with the metadata and rules that a registration would give it, else in another context.
   * @param mayRead of what is found in another context
   * @throws ConfluentError 42201
   */
  async lookUp(
    subject: QualifiedSubject,
    request: SchemaRequest,
    deleted: Deleted,
    mayRead: (version: StoredVersion) => boolean,
  ): Promise<StoredVersion | undefined> {
    const { text, metadata, ruleSet } = request;
    if (text === undefined) throw ConfluentError.invalidSchema('Empty schema');
    const { references } = await this.references.resolve(subject.context, request.references);
    const config = await this.settings.inScope(subject);
    const sent = contentOf(text, references, metadata, ruleSet);
    const asSent = request.normalize || config.normalize === true ? normalized(sent) : sent;
    const latest = await this.store.version(subject, 'latest');
    const complete = inherited(asSent, latest, config);
    const asked = [{ subject, guids: guidsOf(asSent, complete) }];
    const match = findVersion(asSent, complete, await this.store.candidates(asked, deleted));
    if (match) return this.store.version(subject, match.version, 'too');
    const withReferences = await this.store.versionWithReferences(subject, text, deleted);
    if (withReferences || !isFoundElsewhere(subject)) return withReferences;
    const { guid, sha256 } = identityOf(asSent);
    const elsewhere = await this.store.contentElsewhere(subject.subject, guid, deleted);
    return elsewhere.find((version) => version.sha256 === sha256 && mayRead(version));
  }
}
