import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { References } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { SchemaReference } from './content.js';
import { qualifiedName, type QualifiedSubject, withinContext } from './qualified-subject.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore, type VersionName } from './schema-store.js';

const MOST_REFERENCES = 100;

export interface ResolvedReferences {
  /** as sent, `latest` replaced by its number */
  references: SchemaReference[];
  /** texts of all schemas reached, by the name under which they are referred to */
  texts: References;
}

const NONE: ResolvedReferences = { references: [], texts: new Map() };

/** Versions looked for already: what many schemas refer to is read once. */
export type FoundVersions = Map<string, StoredVersion | undefined>;

interface How {
  /** whether it may refer to a version that is softly deleted, as what is registered may */
  deleted: 'no' | 'too';
  client?: PoolClient;
  found: FoundVersions;
}

/** Finds the schemas that a schema refers to, and those that they refer to. */
@Injectable()
export class ReferenceResolver {
  constructor(private readonly store: SchemaStore) {}

  /**
   * One query for each schema that refers to others not seen yet, at most: who may write one subject can make a
   * hundred versions that each refer to all before, and those who ask pay no more for the paths between them.
   * @param context of the schema that refers: subjects without a context are looked for there
   * @throws ConfluentError 42201 naming the reference that leads nowhere
   */
  async resolve(
    context: string,
    references: readonly SchemaReference[],
    { deleted = 'too', found = new Map(), ...client }: Partial<How> = {},
  ): Promise<ResolvedReferences> {
    if (references.length === 0) return NONE;
    const texts = new Map<string, string>();
    const numbered = await this.add(context, references, texts, { deleted, found, ...client });
    return { references: numbered, texts };
  }

  private async add(
    context: string,
    references: readonly SchemaReference[],
    texts: Map<string, string>,
    how: How,
  ): Promise<SchemaReference[]> {
    const numbered: SchemaReference[] = [];
    const targets = references.map(({ subject, version }) =>
      nameOf(withinContext(context, subject), version),
    );
    await this.find(targets, how);
    for (const [index, reference] of references.entries()) {
      const target = targets[index]!;
      const version = how.found.get(keyOf(target, how));
      if (!version) {
        throw ConfluentError.invalidSchema(
          `No schema reference found for subject "${qualifiedName(target)}" and version ${reference.version}`,
        );
      }
      numbered.push({ ...reference, version: version.version });
      if (texts.has(reference.name)) continue;
      texts.set(reference.name, version.text);
      if (texts.size > MOST_REFERENCES)
        throw ConfluentError.invalidSchema(`more than ${MOST_REFERENCES} references`);
      const further = version.references.filter(({ name }) => !texts.has(name));
      if (further.length > 0) await this.add(version.context, further, texts, { ...how, deleted: 'too' });
    }
    return numbered;
  }

  private async find(targets: readonly VersionName[], how: How): Promise<void> {
    const missing = new Map(
      targets.map((target) => [keyOf(target, how), target] as const).filter(([key]) => !how.found.has(key)),
    );
    if (missing.size === 0) return;
    const versions = await this.store.versionsNamed([...missing.values()], how.deleted, how.client);
    for (const [index, key] of [...missing.keys()].entries()) how.found.set(key, versions[index]);
  }
}

function nameOf(subject: QualifiedSubject, version: number): VersionName {
  return { ...subject, version: version === -1 ? 'latest' : version };
}

function keyOf({ version, ...subject }: VersionName, { deleted }: How): string {
  return `${deleted} ${version} ${qualifiedName(subject)}`;
}
