import { ConfluentError } from '../confluent/confluent-error.js';
import type { Config, Mode } from '../settings/settings.js';
import { type Content, type Identity, identityOf, normalized, type SchemaReference } from './content.js';
import { CONFLUENT_VERSION, mergeMetadata, type Metadata, withVersion } from './metadata.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { mergeRuleSets, type RuleSet } from './rule-set.js';
import type { StoredVersion } from './schema-rows.js';

/** A registration as asked for. */
export interface SchemaRequest {
  /** canonical; `undefined` takes the text and references of the latest version */
  text: string | undefined;
  references: SchemaReference[];
  metadata: Metadata | undefined;
  ruleSet: RuleSet | undefined;
  /** 0: found or made; -1: made; else the number that it must get */
  version: number;
  /** given in import mode only */
  id: number | undefined;
  normalize: boolean;
}

/** What of a subject matters for a registration, read under its lock. */
export interface SubjectState {
  subject: QualifiedSubject;
  /** all, soft-deleted ones as well, in order of numbers; contents follow as they are needed */
  versions: { version: number; id: number; guid: string; deleted: boolean }[];
  /** newest that is alive */
  latest: StoredVersion | undefined;
  /** added by the same transaction, not written yet */
  pending: StoredVersion[];
  config: Config;
  mode: Mode;
}

export type Decision =
  | { known: { version: number; id: number } & Identity & { content: Content } }
  | { content: Content; identity: Identity; version: number };

/**
 * Decides what a registration comes to, compatibility apart: a version that is there, or one to add.
 * @throws ConfluentError 42201, 42205
 */
export function decide(request: SchemaRequest, state: SubjectState): Decision {
  assertMode(request, state);
  const importing = isImport(state.mode);
  const next = (state.versions.at(-1)?.version ?? 0) + 1;
  const content = complete(request, state, importing, next);
  const identity = identityOf(content);
  const known =
    request.version === 0
      ? state.versions.findLast((version) => !version.deleted && matchesVersion(content, version, identity))
      : undefined;
  if (known && (request.id === undefined || request.id === known.id)) {
    return { known: { version: known.version, id: known.id, ...identity, guid: known.guid, content } };
  }
  if (request.version > 0 && request.version !== next && !importing)
    throw ConfluentError.invalidSchema('Version is not one more than previous version');
  return { content, identity, version: request.version > 0 ? request.version : next };
}

export function isImport(mode: Mode): boolean {
  return mode === 'IMPORT' || mode === 'FORWARD';
}

export function isReadOnly(mode: Mode): boolean {
  return mode === 'READONLY' || mode === 'READONLY_OVERRIDE';
}

function assertMode({ id }: SchemaRequest, { subject, mode }: SubjectState): void {
  const refuse = (what: string): never => {
    throw ConfluentError.notPermitted(
      `Subject ${qualifiedName(subject)} in context ${contextLabel(subject)} is ${what}`,
    );
  };
  if (isReadOnly(mode)) refuse('in read-only mode');
  if (id !== undefined && !isImport(mode)) refuse('not in import mode');
  if (id === undefined && mode !== 'READWRITE') refuse('not in read-write mode');
}

/** Confluent names the default context by an empty text. */
export function contextLabel({ context }: QualifiedSubject): string {
  return qualifiedName({ context, subject: '' });
}

/** The content with what it takes over: text from the latest version, metadata and rules from there and the settings. */
function complete(request: SchemaRequest, state: SubjectState, importing: boolean, next: number): Content {
  const { latest, config } = state;
  const text = request.text ?? (importing ? undefined : latest?.text);
  if (text === undefined) throw ConfluentError.invalidSchema('Empty schema');
  const references = request.text === undefined ? latest!.references : request.references;
  const { metadata, ruleSet } = request;
  let content: Content = {
    text,
    references,
    ...(metadata ? { metadata } : {}),
    ...(ruleSet ? { ruleSet } : {}),
  };
  if (!importing) {
    content = inherited(content, latest, config);
    if (request.version !== 0 || hasVersionProperty(content))
      content = { ...content, metadata: withVersion(content.metadata, next) };
  }
  return request.normalize || config.normalize === true ? normalized(content) : content;
}

/** A content with the metadata and rules that it does not give itself: of the latest version, and of the settings. */
export function inherited(content: Content, latest: Content | undefined, config: Config): Content {
  let metadata = mergeMetadata(config.defaultMetadata, content.metadata ?? latest?.metadata);
  metadata = mergeMetadata(metadata, config.overrideMetadata);
  let ruleSet = mergeRuleSets(config.defaultRuleSet, content.ruleSet ?? latest?.ruleSet);
  ruleSet = mergeRuleSets(ruleSet, config.overrideRuleSet);
  const { text, references } = content;
  return { text, references, ...(metadata ? { metadata } : {}), ...(ruleSet ? { ruleSet } : {}) };
}

/** Whether a version has this content, the number that its metadata may carry apart. */
export function matchesVersion(
  content: Content,
  { guid, version }: { guid: string; version: number },
  identity = identityOf(content),
): boolean {
  if (guid === identity.guid) return true;
  if (!hasVersionProperty(content)) return false;
  return guid === identityOf({ ...content, metadata: withVersion(content.metadata, version) }).guid;
}

function hasVersionProperty({ metadata }: Content): boolean {
  return Object.hasOwn(metadata?.properties ?? {}, CONFLUENT_VERSION);
}
