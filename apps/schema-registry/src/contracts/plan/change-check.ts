import { Injectable } from '@nestjs/common';
import type { SemanticVerdict } from '#contracts';
import { CompatibilityService } from '../../schemas/compatibility.service.js';
import type { StoredVersion } from '../../schemas/schema-rows.js';
import { SchemaStore } from '../../schemas/schema-store.js';
import { SettingStore } from '../../settings/setting-store.js';
import { DEFAULT_LEVEL } from '../../settings/settings.js';
import type { SchemaContent } from '../schema-gateway.js';
import { subjectOf } from '../../topics.js';

/** What a new content means for those who write and read by the versions before it. */
export interface ChangeVerdict {
  /** as the Confluent API would decide at the subject's level */
  confluent: { level: string; policy: string; compatible: boolean; messages: string[] };
  /** what Confluent's rules miss; absent if the subject's policy is OFF */
  semantic?: SemanticVerdict & { policy: string };
}

/** Compares a content with the versions that a topic has, by the settings of its subject. */
@Injectable()
export class ChangeCheck {
  constructor(
    private readonly store: SchemaStore,
    private readonly settings: SettingStore,
    private readonly compatibility: CompatibilityService,
  ) {}

  async verdict(topic: string, { request }: SchemaContent): Promise<ChangeVerdict> {
    const subject = subjectOf(topic);
    const config = await this.settings.inScope(subject);
    const level = config.compatibilityLevel ?? DEFAULT_LEVEL;
    const all = level.endsWith('_TRANSITIVE') || config.compatibilityGroup !== undefined;
    const latest = all ? undefined : await this.store.version(subject, 'latest');
    const previous: StoredVersion[] = all ? await this.store.history(subject) : latest ? [latest] : [];
    const { text, references, metadata } = request;
    const content = { text, references, ...(metadata ? { metadata } : {}) };
    const compared = await this.compatibility.compare(subject, content, previous, config);
    const { compatible, messages } = this.compatibility.verdict(compared, config);
    const confluent = { level, policy: config.compatibilityPolicy ?? 'STRICT', compatible, messages };
    const policy = config.semanticPolicy ?? 'WARN';
    if (policy === 'OFF') return { confluent };
    const semantic = await this.compatibility.semantic(compared, config);
    return { confluent, semantic: { ...semantic, policy } };
  }
}

/** Whether a verdict speaks against a change in place. */
export function isBreaking({ confluent, semantic }: ChangeVerdict): boolean {
  return !confluent.compatible || (semantic?.policy === 'BLOCK' && semantic.verdict === 'incompatible');
}
