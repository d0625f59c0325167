import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { checkCompatibility, type SchemaSource, SchemaWorkers, type SemanticVerdict } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { Config } from '../settings/settings.js';
import type { Content } from './content.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { type FoundVersions, ReferenceResolver } from './references.js';
import type { SubjectState } from './registration-decision.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore } from './schema-store.js';

const SEMANTIC_MS = 1_500;
const UNDECIDED: SemanticVerdict = { verdict: 'undecided', reasons: [] };

/** For questions that change nothing and that anyone may ask: they do not stand in the way of registrations. */
export class QuestionWorkers extends SchemaWorkers {
  constructor() {
    super({ workers: 1, queue: 20 });
  }
}

export interface Compared {
  candidate: SchemaSource;
  previous: (SchemaSource & { version: number })[];
}

/** Compares a new content with the versions that its subject's settings name. */
@Injectable()
export class CompatibilityService {
  constructor(
    private readonly store: SchemaStore,
    private readonly references: ReferenceResolver,
    private readonly workers: SchemaWorkers,
    private readonly questions: QuestionWorkers,
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
    const compared = await this.compare(subject, content, previous, state.config, client);
    const { compatible, messages } = this.verdict(compared, state.config);
    if (!compatible) throw ConfluentError.incompatible(qualifiedName(subject), messages);
    if (semanticPolicy === 'OFF') return undefined;
    const semantic = await this.semantic(compared, state.config, this.workers);
    if (semanticPolicy === 'BLOCK' && semantic.verdict === 'incompatible') {
      const reasons = semantic.reasons.map((reason) => JSON.stringify(reason));
      throw ConfluentError.incompatible(qualifiedName(subject), reasons);
    }
    return semantic;
  }

  /** The verdict of the Confluent rules at the level of the settings. */
  verdict(
    compared: Compared,
    { compatibilityLevel = 'BACKWARD', compatibilityPolicy = 'STRICT', validateFields = false }: Config,
  ): { compatible: boolean; messages: string[] } {
    const how = { level: compatibilityLevel, policy: compatibilityPolicy, validateFields };
    const { compatible, messages } = checkCompatibility({ ...compared, ...how });
    return { compatible, messages };
  }

  /** The verdict by meaning; `undecided` where the bounds on its time and memory don't suffice. */
  async semantic(
    compared: Compared,
    { compatibilityLevel = 'BACKWARD' }: Config,
    workers: SchemaWorkers = this.questions,
  ): Promise<SemanticVerdict> {
    const limits = { milliseconds: SEMANTIC_MS };
    const outcome = await workers.run('semantic', { ...compared, level: compatibilityLevel, limits });
    return outcome.done ? outcome.value : UNDECIDED;
  }

  /**
   * What is compared with what: versions of another group apart, each with the schemas it refers to.
   * @param previous oldest first
   */
  async compare(
    subject: QualifiedSubject,
    content: Content,
    previous: readonly StoredVersion[],
    { compatibilityGroup }: Config,
    client?: PoolClient,
  ): Promise<Compared> {
    const group = groupOf(content, compatibilityGroup);
    const how = { found: new Map() as FoundVersions, ...(client ? { client } : {}) };
    const sources = [];
    for (const version of previous) {
      if (groupOf(version, compatibilityGroup) !== group) continue;
      sources.push({ version: version.version, ...(await this.source(version.context, version, how)) });
    }
    return { candidate: await this.source(subject.context, content, how), previous: sources };
  }

  private async source(
    context: string,
    { text, references }: Content,
    how: { found: FoundVersions; client?: PoolClient },
  ): Promise<SchemaSource> {
    if (references.length === 0) return { text };
    const { texts } = await this.references.resolve(context, references, how);
    return { text, references: texts };
  }
}

/** Versions with another value of this metadata property are another line, which may break with the others. */
function groupOf({ metadata }: Content, property: string | undefined): string | undefined {
  if (property === undefined || !Object.hasOwn(metadata?.properties ?? {}, property)) return undefined;
  return metadata!.properties[property];
}
