import { Injectable } from '@nestjs/common';
import { SettingStore } from '../settings/setting-store.js';
import { identityOf, normalized } from './content.js';
import type { QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import { contentOf, findVersion, inherited, type SchemaRequest } from './registration-decision.js';
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
    const { text, metadata, ruleSet } = request;
    if (text === undefined) throw ConfluentError.invalidSchema('Empty schema');
    const { references } = await this.references.resolve(subject.context, request.references);
    const config = await this.settings.inScope(subject);
    const sent = contentOf(text, references, metadata, ruleSet);
    const asSent = request.normalize || config.normalize === true ? normalized(sent) : sent;
    const latest = await this.store.version(subject, 'latest');
    const versions = await this.store.numbers(subject, deleted);
    const match = findVersion(asSent, inherited(asSent, latest, config), versions);
    if (match) return this.store.version(subject, match.version, 'too');
    return this.store.versionElsewhere(subject, identityOf(asSent).guid, text, deleted);
  }
}
