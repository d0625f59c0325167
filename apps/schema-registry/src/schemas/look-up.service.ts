import { Injectable } from '@nestjs/common';
import { SettingStore } from '../settings/setting-store.js';
import { type Content, identityOf, normalized } from './content.js';
import type { QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import { inherited, matchesVersion, type SchemaRequest } from './registration-decision.js';
import type { StoredVersion } from './schema-rows.js';
import { type Deleted, SchemaStore } from './schema-store.js';
import { ConfluentError } from '../confluent/confluent-error.js';

/** Finds the version of a subject that has a content. */
@Injectable()
export class LookUpService {
  constructor(
    private readonly store: SchemaStore,
    private readonly settings: SettingStore,
    private readonly references: ReferenceResolver,
  ) {}

  /** As sent, else with the metadata and rules that a registration would give it. @throws ConfluentError 42201 */
  async lookUp(
    subject: QualifiedSubject,
    request: SchemaRequest,
    deleted: Deleted,
  ): Promise<StoredVersion | undefined> {
    if (request.text === undefined) throw ConfluentError.invalidSchema('Empty schema');
    const { references } = await this.references.resolve(subject.context, request.references);
    const config = await this.settings.inScope(subject);
    const normalize = request.normalize || config.normalize === true;
    const { text, metadata, ruleSet } = request;
    const asSent: Content = {
      ...{ text, references },
      ...(metadata ? { metadata } : {}),
      ...(ruleSet ? { ruleSet } : {}),
    };
    const content = normalize ? normalized(asSent) : asSent;
    const found = await this.store.versionWith(subject, identityOf(content).guid, deleted);
    if (found) return found;
    const latest = await this.store.version(subject, 'latest');
    const complete = inherited(content, latest, config);
    const versions = await this.store.numbers(subject, deleted);
    const match = versions.findLast((version) => matchesVersion(complete, version));
    return match && this.store.version(subject, match.version, 'too');
  }
}
