import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { Association, Lifecycle } from '../associations/association.js';
import { type AssociationRow, COLUMNS, ORDER, toAssociation } from '../associations/association-store.js';
import { SettingStore } from '../settings/setting-store.js';
import { ANY_CONTEXT, parseSubject, qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { type Readable, readableSql } from './readable.js';
import { toVersion, type StoredVersion, VERSION_COLUMNS, type VersionRow, VERSIONS } from './schema-rows.js';
import { type Deleted, MATCHES, type Page } from './schema-store.js';

export interface SchemaQuery {
  /** subjects of this context, or of all (`*`), that start with `subject` */
  prefix: QualifiedSubject;
  /** Subjects are found by their aliases too, those that it takes. */
  aliases: ((alias: QualifiedSubject) => boolean) | undefined;
  readable: Readable;
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
    const { prefix, page, readable, deleted, latestOnly, ruleType, associated } = query;
    const aliases = query.aliases ? await this.aliasesOf(prefix, query.aliases) : new Map<string, string[]>();
    const values: unknown[] = [];
    const bind: Bind = (value) => `$${values.push(value)}`;
    const paged = `offset ${bind(page.offset)} limit ${bind(page.limit)}`;
    const versions = `
      select ${latestOnly ? 'distinct on (v.context, v.subject)' : ''} ${VERSION_COLUMNS} from ${VERSIONS}
       where ${MATCHES[deleted]} and (${subjectsSql(bind, prefix, [...aliases.keys()])})
             ${readable ? `and ${readableSql(bind(JSON.stringify(readable)))}` : ''}
       order by v.context, v.subject, v.version ${latestOnly ? 'desc' : ''}`;
    // Of those that are the latest, and before they are counted off.
    const filtered = `
      select f.*, ${associated ? 'associations' : 'null::json as associations'}
        from (${versions}) as f ${associated ? associatedSql(bind, associated) : ''}
       where ${ruleType === undefined ? 'true' : ruleSql(bind, ruleType)}
             ${associated ? `and (associations is not null or ${bind(associated.orNone)} and others = 0)` : ''}
       order by context, subject, version ${paged}`;
    const isFiltered = associated !== undefined || ruleType !== undefined;
    const found = isFiltered
      ? filtered
      : `select f.*, null::json as associations from (${versions} ${paged}) as f`;
    const sql = `
      select * from (select q.*, sum(bytes) over (order by context, subject, version) - bytes as before
                       from (select *, octet_length(text) + coalesce(octet_length(associations::text), 0) as bytes
                               from (${found}) as r) as q) as p
       where before < ${PAGE_BYTES} order by context, subject, version`;
    const { rows } = await this.pool.query<Row>(sql, values);
    return rows.map((row) => ({
      ...toVersion(row),
      aliases: aliases.get(qualifiedName(row)) ?? [],
      associations: (row.associations ?? []).map(toAssociation),
    }));
  }

  /** Aliases that match, by the qualified name of what they stand for. */
  private async aliasesOf(
    { context, subject }: QualifiedSubject,
    isTaken: (alias: QualifiedSubject) => boolean,
  ): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for (const { alias, target } of await this.settings.aliasesOfAll()) {
      const isMeant =
        (context === ANY_CONTEXT || alias.context === context) && alias.subject.startsWith(subject);
      const name = qualifiedName(target);
      if (isMeant && isTaken(alias)) found.set(name, [...(found.get(name) ?? []), qualifiedName(alias)]);
    }
    return found;
  }
}

interface Row extends VersionRow {
  associations: AssociationRow[] | null;
}

/** Takes a value and answers what stands for it in the statement. */
type Bind = (value: unknown) => string;

/** Subjects `v` that start so, or that are named. */
function subjectsSql(bind: Bind, { context, subject }: QualifiedSubject, names: readonly string[]): string {
  const prefix = `starts_with(v.subject, ${bind(subject)})`;
  const meant = context === ANY_CONTEXT ? prefix : `v.context = ${bind(context)} and ${prefix}`;
  // Without it the prefix is looked for in the index.
  if (names.length === 0) return meant;
  const named = names.map(parseSubject);
  const contexts = bind(named.map((name) => name.context));
  const subjects = bind(named.map((name) => name.subject));
  return `${meant} or (v.context, v.subject) in (select * from unnest(${contexts}::text[], ${subjects}::text[]))`;
}

function ruleSql(bind: Bind, type: string): string {
  return `jsonb_path_exists(lower(rule_set)::jsonb, '$.*[*] ? (@.type == $type)',
                            jsonb_build_object('type', ${bind(type)}::text))`;
}

/** What is asked for of the associations of `f`, and how many there are of whatever lifecycle. */
function associatedSql(bind: Bind, { resourceType, types, lifecycles }: AssociatedQuery): string {
  const ofTypes = types.length === 0 ? '' : `and type = any(${bind(types)})`;
  return `cross join lateral (
    select json_agg(n ${ORDER}) filter (where lifecycle = any(${bind(lifecycles)})) as associations, count(*) as others
      from (select ${COLUMNS} from association
             where context = f.context and subject = f.subject and resource_type = ${bind(resourceType)} ${ofTypes}
           ) as n) as a`;
}
