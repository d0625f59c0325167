import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { BatchLoader } from '#service';
import { ANY_CONTEXT, DEFAULT_CONTEXT, qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import type { NumberedVersion } from './registration-decision.js';
import { type Readable, readableSql } from './readable.js';
import {
  CARRIES_NUMBER,
  LATEST,
  SCHEMA_COLUMNS,
  SCHEMA_OF_VERSION,
  type SchemaRow,
  schemasWhere,
  type StoredSchema,
  type StoredVersion,
  toSchema,
  toVersion,
  VERSION_COLUMNS,
  type VersionRow,
  VERSIONS,
} from './schema-rows.js';
import type { VersionChoice } from './version-number.js';

/** Which versions are meant: those alive, the soft-deleted as well, or these alone. */
export type Deleted = 'no' | 'too' | 'only';

export interface Page {
  offset: number;
  limit: number;
}

/** One version of a subject. */
export interface VersionName extends QualifiedSubject {
  version: number | 'latest';
}

export const MATCHES: Record<Deleted, string> = { no: 'not v.deleted', too: 'true', only: 'v.deleted' };

/** A version that may have a content that is looked for. */
export type Candidate = QualifiedSubject & NumberedVersion & { id: number };

function candidatesSql(deleted: Deleted): string {
  const columns = `v.context, v.subject, v.version, v.schema_id as id, s.guid, s.sha256, ${CARRIES_NUMBER}`;
  // `offset 0` keeps the order: a plan made while the tables are small would go on reading all versions of a subject.
  return `
    select ${columns} from unnest($1::text[], $2::text[], $3::uuid[]) as n(context, subject, guid)
    cross join lateral ${schemasWhere('guid = n.guid and context = n.context')} as s
    cross join lateral (select * from subject_version v
      where v.context = n.context and v.schema_id = s.id and v.subject = n.subject and ${MATCHES[deleted]} offset 0) as v
    union
    select ${columns} from unnest($4::text[], $5::text[]) as n(context, subject)
    cross join lateral (select * from subject_version v
      where v.context = n.context and v.subject = n.subject and v.carries_number is not false
        and ${MATCHES[deleted]} offset 0) as v
    cross join lateral ${SCHEMA_OF_VERSION}
    order by version`;
}

/** Reads of contents, subjects and versions. */
@Injectable()
export class SchemaStore {
  /** Clients ask for the newest version with every batch of messages, so one query serves many. */
  private readonly latest = new BatchLoader(
    { records: 128, inFlight: 4, pending: 5_000 },
    (subjects: QualifiedSubject[]) => this.loadLatest(subjects),
  );

  constructor(private readonly pool: Pool) {}

  async schemaById(context: string, id: number): Promise<StoredSchema | undefined> {
    const sql = `select ${SCHEMA_COLUMNS} from schema s where s.context = $1 and s.id = $2`;
    return (await this.all<SchemaRow>(sql, [context, id], 'schema-by-id')).map(toSchema)[0];
  }

  /** All contents with this GUID: one at most in each context, the default context first. */
  async schemasByGuid(guid: string): Promise<StoredSchema[]> {
    const sql = `select ${SCHEMA_COLUMNS} from ${schemasWhere('guid = $1')} as s order by s.context`;
    return (await this.all<SchemaRow>(sql, [guid], 'schemas-by-guid')).map(toSchema);
  }

  /** The context in which `subject`, searched in the default context first, uses an id. */
  async contextOfId(id: number, subject: string): Promise<string | undefined> {
    const sql = `select context from subject_version where subject = $1 and schema_id = $2 order by context limit 1`;
    return (await this.all<{ context: string }>(sql, [subject, id]))[0]?.context;
  }

  async maxId(context: string): Promise<number> {
    const sql = 'select coalesce(max(id), 0) as max from schema where context = $1';
    return (await this.all<{ max: number }>(sql, [context]))[0]!.max;
  }

  /** Subjects and versions under which a content is registered. */
  async usesOf(
    { context, id }: { context: string; id: number },
    deleted: Deleted,
    { offset, limit }: Page,
  ): Promise<{ context: string; subject: string; version: number }[]> {
    const sql = `select context, subject, version from subject_version v
      where v.context = $1 and v.schema_id = $2 and ${MATCHES[deleted]} order by subject, version offset $3 limit $4`;
    return this.all(sql, [context, id, offset, limit]);
  }

  /** Subjects of a context, or of all (`*`), that start with `subject`. */
  async subjects(
    { context, subject }: QualifiedSubject,
    deleted: Deleted,
    { offset, limit }: Page,
    readable: Readable,
  ): Promise<QualifiedSubject[]> {
    // A subject is deleted when all of its versions are.
    const having = { no: 'not bool_and(v.deleted)', too: 'true', only: 'bool_and(v.deleted)' }[deleted];
    const sql = `select context, subject from subject_version v
      where ${context === ANY_CONTEXT ? '$1 = $1' : 'context = $1'} and starts_with(subject, $2)
        and ${readable ? readableSql('$5') : '$5::jsonb is null'}
      group by context, subject having ${having} order by context, subject offset $3 limit $4`;
    const patterns = readable ? JSON.stringify(readable) : null;
    return this.all(sql, [context, subject, offset, limit, patterns]);
  }

  async versions(
    { context, subject }: QualifiedSubject,
    deleted: Deleted,
    { offset, limit }: Page,
    client?: PoolClient,
  ): Promise<{ version: number; deleted: boolean }[]> {
    const sql = `select version, deleted from subject_version v
      where v.context = $1 and v.subject = $2 and ${MATCHES[deleted]} order by version offset $3 limit $4`;
    return this.all(sql, [context, subject, offset, limit], undefined, client);
  }

  /** Versions with one of these GUIDs, and those whose metadata holds a number, oldest first. */
  async candidates(
    asked: readonly { subject: QualifiedSubject; guids: readonly string[] }[],
    deleted: Deleted,
    client?: PoolClient,
  ): Promise<Candidate[]> {
    const pairs = asked.flatMap(({ subject, guids }) => guids.map((guid) => ({ ...subject, guid })));
    const subjects = new Map(asked.map(({ subject }) => [qualifiedName(subject), subject]));
    const values = [
      pairs.map(({ context }) => context),
      pairs.map(({ subject }) => subject),
      pairs.map(({ guid }) => guid),
      [...subjects.values()].map(({ context }) => context),
      [...subjects.values()].map(({ subject }) => subject),
    ];
    return this.all(candidatesSql(deleted), values, `candidates-${deleted}`, client);
  }

  async subjectExists(
    { context, subject }: QualifiedSubject,
    deleted: Deleted = 'no',
    client?: PoolClient,
  ): Promise<boolean> {
    const sql = `select from subject_version v
      where v.context = $1 and v.subject = $2 and ${MATCHES[deleted]} limit 1`;
    return (await this.all(sql, [context, subject], undefined, client)).length > 0;
  }

  async version(
    subject: QualifiedSubject,
    version: VersionChoice,
    deleted: Deleted = 'no',
    client?: PoolClient,
  ): Promise<StoredVersion | undefined> {
    if (version === 'latest' && !client) return this.latest.load(subject);
    const which = version === 'latest' ? MATCHES.no : `v.version = $3 and ${MATCHES[deleted]}`;
    const sql = `select ${VERSION_COLUMNS} from
      (select * from subject_version v where v.context = $1 and v.subject = $2 and ${which}
        order by v.version desc limit 1) as v
      cross join lateral ${SCHEMA_OF_VERSION}`;
    const values = [subject.context, subject.subject, ...(version === 'latest' ? [] : [version])];
    return (await this.all<VersionRow>(sql, values, undefined, client)).map(toVersion)[0];
  }

  /** Many versions at once, in the order of their names. */
  async versionsNamed(
    names: readonly VersionName[],
    deleted: 'no' | 'too',
    client?: PoolClient,
  ): Promise<(StoredVersion | undefined)[]> {
    const sql = `select n.n::integer, l.* from unnest($1::text[], $2::text[], $3::integer[])
        with ordinality as n(context, subject, version, n)
      cross join lateral (select ${VERSION_COLUMNS} from ${VERSIONS}
        where v.context = n.context and v.subject = n.subject and (n.version is null or v.version = n.version)
          and (not v.deleted or n.version is not null and ${MATCHES[deleted]})
        order by v.version desc limit 1) as l`;
    const values = [
      names.map(({ context }) => context),
      names.map(({ subject }) => subject),
      names.map(({ version }) => (version === 'latest' ? null : version)),
    ];
    const rows = await this.all<VersionRow & { n: number }>(sql, values, undefined, client);
    const found = new Map(rows.map((row) => [row.n - 1, toVersion(row)]));
    return names.map((_, index) => found.get(index));
  }

  /**
   * The version in each other context that has it. For clients that ask for a subject without a context and show
   * what they get with its own: nothing else may take what another member has for what was named.
   */
  async elsewhere(subject: string, version: VersionChoice, deleted: Deleted): Promise<StoredVersion[]> {
    const sql = `select distinct on (v.context) ${VERSION_COLUMNS} from ${VERSIONS}
      where v.context <> '${DEFAULT_CONTEXT}' and v.subject = $1 and ($2::integer is null or v.version = $2)
        and ${MATCHES[version === 'latest' ? 'no' : deleted]} order by v.context, v.version desc limit 100`;
    return (await this.all<VersionRow>(sql, [subject, version === 'latest' ? null : version])).map(toVersion);
  }

  /** The same of a content. */
  async contentElsewhere(subject: string, guid: string, deleted: Deleted): Promise<StoredVersion[]> {
    const sql = `select distinct on (v.context) ${VERSION_COLUMNS} from ${schemasWhere('guid = $2')} as s
      cross join lateral (select * from subject_version v where v.context = s.context and v.schema_id = s.id
        and v.context <> '${DEFAULT_CONTEXT}' and v.subject = $1 and ${MATCHES[deleted]} offset 0) as v
      order by v.context, v.version desc limit 100`;
    return (await this.all<VersionRow>(sql, [subject, guid])).map(toVersion);
  }

  private async loadLatest(subjects: QualifiedSubject[]): Promise<(StoredVersion | undefined)[]> {
    const rows = await this.all<VersionRow & { n: number }>(
      `select n.n::integer, l.* from unnest($1::text[], $2::text[]) with ordinality as n(context, subject, n)
         cross join ${LATEST}`,
      [subjects.map(({ context }) => context), subjects.map(({ subject }) => subject)],
      'latest',
    );
    const found = new Map(rows.map((row) => [row.n - 1, toVersion(row)]));
    return subjects.map((_, index) => found.get(index));
  }

  /** The newest version with this text that refers to others: it may be sent without saying to which. */
  async versionWithReferences(
    { context, subject }: QualifiedSubject,
    text: string,
    deleted: Deleted,
  ): Promise<StoredVersion | undefined> {
    const sql = `select ${VERSION_COLUMNS} from
      (select * from schema where context = $1 and refs <> '[]' and text = $3
        and hashtextextended(text, 0) = hashtextextended($3, 0) offset 0) as s
      cross join lateral (select * from subject_version v where v.context = $1 and v.schema_id = s.id
        and v.subject = $2 and ${MATCHES[deleted]} offset 0) as v
      order by v.version desc limit 1`;
    return (await this.all<VersionRow>(sql, [context, subject, text])).map(toVersion)[0];
  }

  /** The newest version whose metadata has all of these properties. */
  async latestWith(
    { context, subject }: QualifiedSubject,
    properties: Record<string, string>,
    deleted: Deleted,
  ): Promise<StoredVersion | undefined> {
    const sql = `select ${VERSION_COLUMNS} from ${VERSIONS}
      where v.context = $1 and v.subject = $2 and ${MATCHES[deleted]}
        and s.metadata::jsonb -> 'properties' @> $3::jsonb order by v.version desc limit 1`;
    return (await this.all<VersionRow>(sql, [context, subject, JSON.stringify(properties)])).map(
      toVersion,
    )[0];
  }

  /** Versions of a subject that are alive, oldest first. */
  async history(
    { context, subject }: QualifiedSubject,
    client: Pool | PoolClient = this.pool,
  ): Promise<StoredVersion[]> {
    const sql = `select ${VERSION_COLUMNS} from ${VERSIONS}
      where v.context = $1 and v.subject = $2 and not v.deleted order by v.version`;
    return (await this.all<VersionRow>(sql, [context, subject], 'history', client)).map(toVersion);
  }

  /** Ids of contents, used by a version that is alive, that refer to this version. */
  async referencedBy(
    { context, subject, version }: QualifiedSubject & { version: number },
    { offset, limit }: Page,
    client: Pool | PoolClient = this.pool,
  ): Promise<number[]> {
    const sql = `select distinct r.schema_id as id from schema_reference r
      where r.target_context = $1 and r.target_subject = $2 and r.target_version = $3
        and exists (select from subject_version v
                     where v.context = r.context and v.schema_id = r.schema_id and not v.deleted)
      order by id offset $4 limit $5`;
    const rows = await this.all<{ id: number }>(
      sql,
      [context, subject, version, offset, limit],
      undefined,
      client,
    );
    return rows.map(({ id }) => id);
  }

  async contexts(prefix: string, { offset, limit }: Page): Promise<string[]> {
    const sql = `select name from context where starts_with(name, $1) order by name offset $2 limit $3`;
    return (await this.all<{ name: string }>(sql, [prefix, offset, limit])).map(({ name }) => name);
  }

  private async all<T extends object>(
    text: string,
    values: unknown[],
    name?: string,
    client: Pool | PoolClient = this.pool,
  ): Promise<T[]> {
    // A named statement is planned once a connection.
    return (await client.query<T>({ text, values, ...(name === undefined ? {} : { name }) })).rows;
  }
}
