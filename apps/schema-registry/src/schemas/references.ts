import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { References } from '#contracts';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { SchemaReference } from './content.js';
import { qualifiedName, withinContext } from './qualified-subject.js';
import { SchemaStore } from './schema-store.js';

const MOST_REFERENCES = 100;

export interface ResolvedReferences {
  /** as sent, `latest` replaced by its number */
  references: SchemaReference[];
  /** texts of all schemas reached, by the name under which they are referred to */
  texts: References;
}

const NONE: ResolvedReferences = { references: [], texts: new Map() };

/** Finds the schemas that a schema refers to, and those that they refer to. */
@Injectable()
export class ReferenceResolver {
  constructor(private readonly store: SchemaStore) {}

  /**
   * @param context of the schema that refers: subjects without a context are looked for there
   * @param options.deleted whether it may refer to a version that is softly deleted, as what is registered may
   * @throws ConfluentError 42201 naming the reference that leads nowhere
   */
  async resolve(
    context: string,
    references: readonly SchemaReference[],
    { client, deleted = 'too' }: { client?: PoolClient; deleted?: 'no' | 'too' } = {},
  ): Promise<ResolvedReferences> {
    if (references.length === 0) return NONE;
    const texts = new Map<string, string>();
    const numbered = await this.add(context, references, texts, deleted, client);
    return { references: numbered, texts };
  }

  private async add(
    context: string,
    references: readonly SchemaReference[],
    texts: Map<string, string>,
    deleted: 'no' | 'too',
    client?: PoolClient,
  ): Promise<SchemaReference[]> {
    const numbered: SchemaReference[] = [];
    for (const reference of references) {
      const target = withinContext(context, reference.subject);
      const version = reference.version === -1 ? 'latest' : reference.version;
      const found = await this.store.version(target, version, deleted, client);
      if (!found) {
        throw ConfluentError.invalidSchema(
          `No schema reference found for subject "${qualifiedName(target)}" and version ${reference.version}`,
        );
      }
      numbered.push({ ...reference, version: found.version });
      if (texts.has(reference.name)) continue;
      texts.set(reference.name, found.text);
      if (texts.size > MOST_REFERENCES)
        throw ConfluentError.invalidSchema(`more than ${MOST_REFERENCES} references`);
      await this.add(found.context, found.references, texts, 'too', client);
    }
    return numbered;
  }
}
