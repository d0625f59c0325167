import { createHash, type Hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { canonicalText } from '#contracts';
import { hashMetadata, type Metadata, withVersion } from './metadata.js';
import { hashRuleSet, type RuleSet } from './rule-set.js';

/** Another registered schema, under the name by which `$ref` knows it. */
export interface SchemaReference {
  name: string;
  subject: string;
  version: number;
}

/** What an id stands for: the same content has the same id in its context and the same GUID everywhere. */
export interface Content {
  /** canonical text */
  text: string;
  references: SchemaReference[];
  metadata?: Metadata;
  ruleSet?: RuleSet;
}

export interface Identity {
  guid: string;
  /** over the same bytes as the GUID, base64url: an MD5 can be collided on purpose, this can't */
  sha256: string;
}

/** MD5 over text, references, metadata and rule set, in Confluent's order, as a UUID. */
export function identityOf(content: Content): Identity {
  const isPlain = content.references.length === 0 && !content.metadata && !content.ruleSet;
  if (!isPlain) return computed(content);
  let identity = plainIdentities.get(content.text);
  if (!identity) plainIdentities.set(content.text, (identity = computed(content)));
  return identity;
}

/** Identities of plain texts: clients register the same schema again and again. */
const plainIdentities = new LRUCache<string, Identity>({
  maxSize: 8 << 20,
  sizeCalculation: (_, text) => text.length + 200,
});

function computed(content: Content): Identity {
  return {
    guid: guidOf(digest('md5', content)),
    sha256: digest('sha256', content).digest('base64url'),
  };
}

/**
 * The GUIDs of a content with the numbers of versions in its metadata. What all have in common, such as the text, is
 * hashed once, since a subject may have thousands of versions.
 */
export function numberedGuids({ text, references, metadata, ruleSet }: Content): (version: number) => string {
  const common = digest('md5', { text, references });
  return (version) => guidOf(hashRest(common.copy(), withVersion(metadata, version), ruleSet));
}

function guidOf(md5: Hash): string {
  const hex = md5.digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function digest(algorithm: string, { text, references, metadata, ruleSet }: Content): Hash {
  const hash = createHash(algorithm).update(text);
  for (const { name, subject, version } of references) {
    const number = Buffer.alloc(4);
    number.writeInt32BE(version);
    hash.update(name).update(subject).update(number);
  }
  return hashRest(hash, metadata, ruleSet);
}

/** The byte tells an empty member from an absent one. */
function hashRest(hash: Hash, metadata: Metadata | undefined, ruleSet: RuleSet | undefined): Hash {
  if (metadata) hashMetadata(hash.update(Buffer.of(1)), metadata);
  if (ruleSet) hashRuleSet(hash.update(Buffer.of(1)), ruleSet);
  return hash;
}

/** `normalize=true`: members sorted by name at every level, references sorted and each once. */
export function normalized(content: Content): Content {
  const references = [...content.references]
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
    .filter(({ name }, index, all) => index === 0 || all[index - 1]!.name !== name);
  return { ...content, text: sortedText(content.text), references };
}

/** JSON with members in order of their names and number literals as written. */
function sortedText(text: string): string {
  const literals: string[] = [];
  // A number is carried through JSON.parse by its place in `literals`, since parsing would rewrite it.
  const keep = (_name: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' ? literals.push(context?.source ?? String(value)) - 1 : value;
  const write = (value: unknown): string => {
    if (typeof value === 'number') return literals[value]!;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
  };
  return write(JSON.parse(canonicalText(text), keep));
}
