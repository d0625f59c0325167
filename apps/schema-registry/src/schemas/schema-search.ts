import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Association, Lifecycle } from '../associations/association.js';
import { type AssociationRow, COLUMNS, ORDER, toAssociation } from '../associations/association-store.js';
import { SettingStore } from '../settings/setting-store.js';
import { ANY_CONTEXT, parseSubject, qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { toVersion, type StoredVersion, VERSION_COLUMNS, type VersionRow, VERSIONS } from './schema-rows.js';
import { type Deleted, MATCHES, type Page } from './schema-store.js';

export interface SchemaQuery {
  /** subjects of this context, or of all (`*`), that start with `subject` */
  prefix: QualifiedSubject;
  /** Subjects are found by their aliases too. */
  aliases: boolean;
  deleted: Deleted;
  latestOnly: boolean;
  /** of at least one rule; lower case */
  ruleType: string | undefined;
  associated: AssociatedQuery | undefined;
  page: Page;
}

/** Only what has an association like this, or none at all. */
export interface AssociatedQuery {
  resourceType: string;
  /** none: all */
  types: readonly string[];
  lifecycles: readonly Lifecycle[];
  /** also what has no association of the resource and association types */
  orNone: boolean;
}

export interface FoundVersion extends StoredVersion {
  /** by which its subject was looked for */
  aliases: string[];
  /** those asked for */
  associations: Association[];
}

const PAGE_BYTES = 16 << 20;

/** Finds versions across subjects. */
@Injectable()
export class SchemaSearch {
  constructor(
    private readonly pool: Pool,
    private readonly settings: SettingStore,
  ) {}

  /** By subject and version; a page may end early where it becomes large, and the next begins there. */
  async find(query: SchemaQuery): Promise<FoundVersion[]> {
    const { prefix, page, deleted, latestOnly, ruleType, associated } = query;
    const isOfAnyContext = prefix.context === ANY_CONTEXT;
    const aliases = query.aliases ? await this.aliasesOf(prefix) : new Map<string, string[]>();
    const targets = [...aliases.keys()].map(parseSubject);
    const sql = `
      select p.* from (
        select q.*, sum(bytes) over (order by context, subject, version) - bytes as before from (
          select f.*, ${associated ? 'associations' : 'null as associations'},
                 octet_length(text)${associated ? ' + coalesce(octet_length(associations::text), 0)' : ''} as bytes
            from (select ${latestOnly ? 'distinct on (v.context, v.subject)' : ''} ${VERSION_COLUMNS} from ${VERSIONS}
                   where ${MATCHES[deleted]}
                     and (${isOfAnyContext ? '$1 = $1' : 'v.context = $1'} and starts_with(v.subject, $2)
                          or (v.context, v.subject) in (select * from unnest($5::text[], $6::text[])))
                   order by v.context, v.subject, v.version ${latestOnly ? 'desc' : ''}) as f
                 ${associated ? ASSOCIATED : ''}
           where ($7::text is null or jsonb_path_exists(lower(rule_set)::jsonb, '$.*[*] ? (@.type == $type)',
                                                        jsonb_build_object('type', $7::text)))
                 ${associated ? 'and (associations is not null or $11 and others = 0)' : ''}
           order by context, subject, version offset $3 limit $4) as q) as p
       where before < ${PAGE_BYTES} order by context, subject, version`;
    const { rows } = await this.pool.query<Row>(sql, [
      ...[prefix.context, prefix.subject, page.offset, page.limit],
      ...[targets.map(({ context }) => context), targets.map(({ subject }) => subject), ruleType ?? null],
      ...(associated
        ? [associated.resourceType, associated.types, associated.lifecycles, associated.orNone]
        : []),
    ]);
    return rows.map((row) => ({
      ...toVersion(row),
      aliases: aliases.get(qualifiedName(row)) ?? [],
      associations: (row.associations ?? []).map(toAssociation),
    }));
  }

  /** Aliases that match, by the qualified name of what they stand for. */
  private async aliasesOf({ context, subject }: QualifiedSubject): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const { alias, target } of await this.settings.aliasesOfAll()) {
      const isMeant =
        (context === ANY_CONTEXT || alias.context === context) && alias.subject.startsWith(subject);
      const name = qualifiedName(target);
      if (isMeant) found.set(name, [...(found.get(name) ?? []), qualifiedName(alias)]);
    }
    return found;
  }
}

interface Row extends VersionRow {
  associations: AssociationRow[] | null;
}

/** What is asked for of the associations of `f`, and how many there are of whatever lifecycle. */
const ASSOCIATED = `
  cross join lateral (
    select json_agg(n ${ORDER}) filter (where lifecycle = any($10::text[])) as associations, count(*) as others
      from (select ${COLUMNS} from association
             where context = f.context and subject = f.subject and resource_type = $8
               and ($9::text[] = '{}' or type = any($9))) as n) as a`;
