import { ConfluentError } from '../confluent/confluent-error.js';
import type { Config, Mode } from '../settings/settings.js';
import {
  type Content,
  type Identity,
  identityOf,
  normalized,
  numberedGuids,
  type SchemaReference,
} from './content.js';
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

/** A version as far as finding a content among many needs it. */
export interface NumberedVersion extends Identity {
  version: number;
  /** whether its metadata holds a number (`confluent:version`) */
  carriesNumber: boolean;
}

/** What of a subject matters for a registration, read under its lock. */
export interface SubjectState {
  subject: QualifiedSubject;
  /** all, soft-deleted ones as well, in order of numbers; contents follow as they are needed */
  versions: (NumberedVersion & { id: number; deleted: boolean })[];
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
  const importing = isImport(state.mode);
  if (isReadOnly(state.mode)) refuse(state, 'in read-only mode');
  if (request.id !== undefined && !importing) refuse(state, 'not in import mode');
  const next = (state.versions.at(-1)?.version ?? 0) + 1;
  const content = complete(request, state, importing, next);
  const identity = identityOf(content);
  const known = findKnown(request, content, state);
  if (known && (request.id === undefined || request.id === known.id))
    return {
      known: { version: known.version, id: known.id, guid: known.guid, sha256: known.sha256, content },
    };
  if (importing && request.id === undefined) refuse(state, 'not in read-write mode');
  if (request.version > 0 && request.version !== next && !importing)
    throw ConfluentError.invalidSchema('Version is not one more than previous version');
  return { content, identity, version: request.version > 0 ? request.version : next };
}

/** With version 0 any version that is alive may be the one, with -1 the latest alone, else a new one is wanted. */
function findKnown(request: SchemaRequest, content: Content, { versions, config }: SubjectState) {
  if (request.version > 0) return undefined;
  const alive = versions.filter(({ deleted }) => !deleted);
  const { text, references, metadata, ruleSet } = request;
  const asSent = text === undefined ? undefined : contentOf(text, references, metadata, ruleSet);
  return findVersion(
    asSent && shaped(asSent, request, config),
    content,
    request.version === 0 ? alive : alive.slice(-1),
  );
}

export function refuse({ subject }: SubjectState, what: string): never {
  throw ConfluentError.notPermitted(
    `Subject ${qualifiedName(subject)} in context ${subject.context} is ${what}`,
  );
}

export function isImport(mode: Mode): boolean {
  return mode === 'IMPORT' || mode === 'FORWARD';
}

export function isReadOnly(mode: Mode): boolean {
  return mode === 'READONLY' || mode === 'READONLY_OVERRIDE';
}

/** The content with what it takes over: text from the latest version, metadata and rules from there and the settings. */
function complete(request: SchemaRequest, state: SubjectState, importing: boolean, next: number): Content {
  const { latest, config } = state;
  const text = request.text ?? (importing ? undefined : latest?.text);
  if (text === undefined) throw ConfluentError.invalidSchema('Empty schema');
  const references = request.text === undefined ? latest!.references : request.references;
  let content = contentOf(text, references, request.metadata, request.ruleSet);
  if (!importing) {
    content = inherited(content, latest, config);
    if (request.version !== 0 || versionProperty(content) !== undefined)
      content = { ...content, metadata: withVersion(content.metadata, next) };
  }
  return shaped(content, request, config);
}

function shaped(content: Content, { normalize }: SchemaRequest, config: Config): Content {
  return normalize || config.normalize === true ? normalized(content) : content;
}

export function contentOf(
  text: string,
  references: SchemaReference[],
  metadata: Metadata | undefined,
  ruleSet: RuleSet | undefined,
): Content {
  return { text, references, ...(metadata ? { metadata } : {}), ...(ruleSet ? { ruleSet } : {}) };
}

/** A content with the metadata and rules that it does not give itself: of the latest version, and of the settings. */
export function inherited(content: Content, latest: Content | undefined, config: Config): Content {
  let metadata = mergeMetadata(config.defaultMetadata, content.metadata ?? latest?.metadata);
  metadata = mergeMetadata(metadata, config.overrideMetadata);
  let ruleSet = mergeRuleSets(config.defaultRuleSet, content.ruleSet ?? latest?.ruleSet);
  ruleSet = mergeRuleSets(ruleSet, config.overrideRuleSet);
  return contentOf(content.text, content.references, metadata, ruleSet);
}

/**
 * The newest version that has a content as it was sent, else with what it inherits.
 *
 * The number that metadata may carry (`confluent:version`) is not what is looked for: without it a version is
 * found whatever its own says; with it, only the version of that number is meant.
 */
export function findVersion<V extends NumberedVersion>(
  asSent: Content | undefined,
  complete: Content,
  versions: readonly V[],
): V | undefined {
  const asked = asSent && versionProperty(asSent);
  if (asSent) {
    const named =
      asked === undefined ? versions : versions.filter(({ version }) => String(version) === asked);
    const bare = withoutVersion(asSent);
    const found = newest(named, bare);
    if (found) return found;
    if (asked !== undefined) return undefined;
  }
  if (versionProperty(complete) === undefined) return newest(versions, complete);
  return withNumber(versions, complete);
}

/** The newest version with this content, whether or not its metadata carries its number. */
function newest<V extends NumberedVersion>(versions: readonly V[], content: Content): V | undefined {
  const empty: Metadata = { tags: {}, properties: {}, sensitive: [] };
  const identities = [identityOf(content)];
  // Metadata that says nothing and none at all are the same to whoever asks.
  if (!content.metadata) identities.push(identityOf({ ...content, metadata: empty }));
  const exact = versions.findLast((version) => identities.some((identity) => isSame(version, identity)));
  return exact ?? withNumber(versions, content);
}

/** The newest version whose metadata holds its number, and whose content else is this. */
function withNumber<V extends NumberedVersion>(versions: readonly V[], content: Content): V | undefined {
  const numbered = numberedGuids(content);
  return versions.findLast(
    ({ version, carriesNumber, ...identity }) =>
      carriesNumber &&
      identity.guid === numbered(version) &&
      isSame(identity, identityOf({ ...content, metadata: withVersion(content.metadata, version) })),
  );
}

/** MD5 collisions can be made: the same GUID alone does not make the same content. */
function isSame(a: Identity, b: Identity): boolean {
  return a.guid === b.guid && a.sha256 === b.sha256;
}

/** The number that a content's metadata holds. */
export function versionProperty({ metadata }: Content): string | undefined {
  const properties = metadata?.properties ?? {};
  return Object.hasOwn(properties, CONFLUENT_VERSION) ? properties[CONFLUENT_VERSION] : undefined;
}

function withoutVersion({ metadata, ...content }: Content): Content {
  if (!metadata) return content;
  const properties = Object.fromEntries(
    Object.entries(metadata.properties).filter(([name]) => name !== CONFLUENT_VERSION),
  );
  const saysNothing = [metadata.tags, properties, metadata.sensitive].every(
    (part) => Object.keys(part).length === 0,
  );
  return saysNothing ? content : { ...content, metadata: { ...metadata, properties } };
}
