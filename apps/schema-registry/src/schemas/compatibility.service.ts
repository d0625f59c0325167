import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { checkCompatibility, type SchemaSource, SchemaWorkers, type SemanticVerdict } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { Config } from '../settings/settings.js';
import type { Content } from './content.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import type { SubjectState } from './registration-decision.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore } from './schema-store.js';

const SEMANTIC_MS = 1_500;
const UNDECIDED: SemanticVerdict = { verdict: 'undecided', reasons: [] };

/** Compares a new content with the versions that its subject's settings name. */
@Injectable()
export class CompatibilityService {
  constructor(
    private readonly store: SchemaStore,
    private readonly references: ReferenceResolver,
    private readonly workers: SchemaWorkers,
  ) {}

  /**
   * @returns the verdict by meaning where the settings ask for it
   * @throws ConfluentError 409/40901 with each difference, or each reason where the settings block
   */
  async assertCompatible(
    subject: QualifiedSubject,
    content: Content,
    state: SubjectState,
    client: PoolClient,
  ): Promise<SemanticVerdict | undefined> {
    const {
      compatibilityLevel: level = 'BACKWARD',
      compatibilityGroup,
      semanticPolicy = 'OFF',
    } = state.config;
    if (level === 'NONE') return undefined;
    const all = level.endsWith('_TRANSITIVE') || compatibilityGroup !== undefined;
    const previous = all
      ? [...(await this.store.history(subject, client)), ...state.pending]
      : [state.latest!];
    const { compatible, messages } = await this.verdict(subject, content, previous, state.config);
    if (!compatible) throw ConfluentError.incompatible(qualifiedName(subject), messages);
    if (semanticPolicy === 'OFF') return undefined;
    const semantic = await this.semantic(subject, content, previous, state.config);
    if (semanticPolicy === 'BLOCK' && semantic.verdict === 'incompatible') {
      const reasons = semantic.reasons.map((reason) => JSON.stringify(reason));
      throw ConfluentError.incompatible(qualifiedName(subject), reasons);
    }
    return semantic;
  }

  /** @param previous oldest first */
  async verdict(
    subject: QualifiedSubject,
    content: Content,
    previous: readonly StoredVersion[],
    config: Config,
  ): Promise<{ compatible: boolean; messages: string[] }> {
    const {
      compatibilityLevel = 'BACKWARD',
      compatibilityPolicy = 'STRICT',
      validateFields = false,
    } = config;
    const { compatible, messages } = checkCompatibility({
      ...(await this.compared(subject, content, previous, config)),
      level: compatibilityLevel,
      policy: compatibilityPolicy,
      validateFields,
    });
    return { compatible, messages };
  }

  /** The verdict by meaning; `undecided` where the bounds on its time and memory don't suffice. */
  async semantic(
    subject: QualifiedSubject,
    content: Content,
    previous: readonly StoredVersion[],
    config: Config,
  ): Promise<SemanticVerdict> {
    const outcome = await this.workers.run('semantic', {
      ...(await this.compared(subject, content, previous, config)),
      level: config.compatibilityLevel ?? 'BACKWARD',
      limits: { milliseconds: SEMANTIC_MS },
    });
    return outcome.done ? outcome.value : UNDECIDED;
  }

  private async compared(
    subject: QualifiedSubject,
    content: Content,
    previous: readonly StoredVersion[],
    { compatibilityGroup }: Config,
  ): Promise<{ candidate: SchemaSource; previous: (SchemaSource & { version: number })[] }> {
    const group = groupOf(content, compatibilityGroup);
    const sources = [];
    for (const version of previous) {
      if (groupOf(version, compatibilityGroup) !== group) continue;
      sources.push({ version: version.version, ...(await this.source(version.context, version)) });
    }
    return { candidate: await this.source(subject.context, content), previous: sources };
  }

  private async source(context: string, { text, references }: Content): Promise<SchemaSource> {
    if (references.length === 0) return { text };
    return { text, references: (await this.references.resolve(context, references)).texts };
  }
}

/** Versions with another value of this metadata property are another line, which may break with the others. */
function groupOf({ metadata }: Content, property: string | undefined): string | undefined {
  if (property === undefined || !Object.hasOwn(metadata?.properties ?? {}, property)) return undefined;
  return metadata!.properties[property];
}
