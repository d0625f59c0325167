import { Injectable } from '@nestjs/common';
import type { SemanticVerdict } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import { SettingStore } from '../settings/setting-store.js';
import type { Config } from '../settings/settings.js';
import { CompatibilityService } from './compatibility.service.js';
import { type Content, normalized } from './content.js';
import type { QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import type { SchemaRequest } from './registration-decision.js';
import { SchemaCheck } from './schema-check.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore } from './schema-store.js';
import type { VersionChoice } from './version-number.js';

export interface Verdict {
  compatible: boolean;
  messages: string[];
  semantic?: SemanticVerdict;
}

/** Says what would become of a registration, and changes nothing. */
@Injectable()
export class CompatibilityCheck {
  constructor(
    private readonly store: SchemaStore,
    private readonly settings: SettingStore,
    private readonly references: ReferenceResolver,
    private readonly check: SchemaCheck,
    private readonly compatibility: CompatibilityService,
  ) {}

  /**
   * @param version the one to compare with, or all that the level names
   * @throws ConfluentError 40402, 42201, 42209
   */
  async verdict(
    subject: QualifiedSubject,
    request: SchemaRequest,
    version: VersionChoice | 'all',
    { semantic }: { semantic: boolean },
  ): Promise<Verdict> {
    if (request.text === undefined) throw ConfluentError.invalidSchema('Empty schema');
    const config = await this.settings.inScope(subject);
    const previous = await this.previous(subject, version, config);
    const { references, texts } = await this.references.resolve(subject.context, request.references);
    const { text, metadata } = request;
    await this.check.assertRegistrable(subject, { text, references: texts });
    const content: Content = { text, references, ...(metadata ? { metadata } : {}) };
    const normalize = request.normalize || config.normalize === true;
    const candidate = normalize ? normalized(content) : content;
    const compared = await this.compatibility.compare(subject, candidate, previous, config);
    const verdict = this.compatibility.verdict(compared, config);
    if (!semantic) return verdict;
    return { ...verdict, semantic: await this.compatibility.semantic(compared, config) };
  }

  private async previous(
    subject: QualifiedSubject,
    version: VersionChoice | 'all',
    { compatibilityLevel, compatibilityGroup }: Config,
  ): Promise<StoredVersion[]> {
    if (version === 'all') {
      const needsAll = compatibilityLevel?.endsWith('_TRANSITIVE') || compatibilityGroup !== undefined;
      if (needsAll) return this.store.history(subject);
      version = 'latest';
    }
    const found = await this.store.version(subject, version);
    if (found) return [found];
    if (version === 'latest') return [];
    throw ConfluentError.versionNotFound(version);
  }
}
