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
  /** highest number, that of a soft-deleted version as well; 0 when there is none */
  last: number;
  /** in order of numbers: of those alive at least the ones that a request may turn out to be */
  versions: (NumberedVersion & { id: number })[];
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
  const next = state.last + 1;
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
function findKnown(request: SchemaRequest, content: Content, { versions, latest, config }: SubjectState) {
  if (request.version > 0) return undefined;
  return findVersion(
    asSent(request, config),
    content,
    request.version === 0 ? versions : versions.filter(({ version }) => version === latest?.version),
  );
}

function asSent(request: SchemaRequest, config: Config): Content | undefined {
  const { text, references, metadata, ruleSet } = request;
  return text === undefined
    ? undefined
    : shaped(contentOf(text, references, metadata, ruleSet), request, config);
}

/** GUIDs of the versions that `decide` may find a request to be, apart from those whose metadata holds a number. */
export function soughtGuids(request: SchemaRequest, state: SubjectState): string[] {
  const importing = isImport(state.mode);
  // What has no text and takes none over is refused.
  if (request.version > 0 || (request.text === undefined && (importing || !state.latest))) return [];
  return guidsOf(asSent(request, state.config), complete(request, state, importing, state.last + 1));
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

/** GUIDs of the versions that `findVersion` may find, apart from those whose metadata holds a number. */
export function guidsOf(asSent: Content | undefined, complete: Content): string[] {
  const bare = asSent && identitiesOf(withoutVersion(asSent));
  const identities = versionProperty(complete) === undefined ? identitiesOf(complete) : [];
  return [...new Set([...(bare ?? []), ...identities].map(({ guid }) => guid))];
}

/** Metadata that says nothing and none at all are the same to whoever asks. */
function identitiesOf(content: Content): Identity[] {
  const empty: Metadata = { tags: {}, properties: {}, sensitive: [] };
  const identity = identityOf(content);
  return content.metadata ? [identity] : [identity, identityOf({ ...content, metadata: empty })];
}

/** The newest version with this content, whether or not its metadata carries its number. */
function newest<V extends NumberedVersion>(versions: readonly V[], content: Content): V | undefined {
  const identities = identitiesOf(content);
  const exact = versions.findLast((version) => identities.some((identity) => isSame(version, identity)));
  return exact ?? withNumber(versions, content);
}

/** The newest version whose metadata holds its number, and whose content else is this. */
function withNumber<V extends NumberedVersion>(versions: readonly V[], content: Content): V | undefined {
  if (!versions.some(({ carriesNumber }) => carriesNumber)) return undefined;
  const numbered = numberedGuids(content);
  return versions.findLast(
    (found) =>
      found.carriesNumber &&
      found.guid === numbered(found.version) &&
      isSame(found, identityOf({ ...content, metadata: withVersion(content.metadata, found.version) })),
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
