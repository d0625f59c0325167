import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { QualifiedSubject } from '../schemas/qualified-subject.js';
import type { Page } from '../schemas/schema-store.js';
import type { LockedContent } from '../schemas/schema-writer.js';
import {
  ANY_NAMESPACE,
  type Association,
  type AssociationType,
  type Lifecycle,
  type Resource,
} from './association.js';

/** A row, as a record of JSON too. */
export interface AssociationRow {
  guid: string;
  context: string;
  subject: string;
  resource_name: string;
  resource_namespace: string;
  resource_id: string;
  resource_type: string;
  type: AssociationType;
  lifecycle: Lifecycle;
  frozen: boolean;
}

/** Which associations of what is named are looked for. */
export interface AssociationFilter {
  resourceType: string;
  /** none: all */
  types: readonly string[];
  lifecycle: Lifecycle | undefined;
  page: Page;
}

export const COLUMNS =
  'guid, context, subject, resource_name, resource_namespace, resource_id, resource_type, type, lifecycle, frozen';
export const ORDER = 'order by resource_name, resource_namespace, resource_type, type';

/** Associations of subjects with resources. */
@Injectable()
export class AssociationStore {
  constructor(private readonly pool: Pool) {}

  ofSubject({ context, subject }: QualifiedSubject, filter: AssociationFilter): Promise<Association[]> {
    return this.find('context = $1 and subject = $2', [context, subject], filter);
  }

  ofResourceId(id: string, filter: AssociationFilter): Promise<Association[]> {
    return this.find('resource_id = $1 and $2::text is null', [id, null], filter);
  }

  ofResourceName(
    { name, namespace }: Pick<Resource, 'name' | 'namespace'>,
    filter: AssociationFilter,
  ): Promise<Association[]> {
    const any = namespace === ANY_NAMESPACE;
    return this.find(
      'resource_name = $1 and ($2::text is null or resource_namespace = $2)',
      [name, any ? null : namespace],
      filter,
    );
  }

  /** Those of a resource, known by its id or by its name. */
  async ofResource(client: PoolClient, { id, type, name, namespace }: Resource): Promise<Association[]> {
    const sql = `select ${COLUMNS} from association where resource_type = $1
      and (resource_id = $2 or resource_name = $3 and resource_namespace = $4)`;
    return (await client.query<AssociationRow>(sql, [type, id ?? null, name, namespace])).rows.map(
      toAssociation,
    );
  }

  async sharing(
    client: PoolClient,
    { context, subject }: QualifiedSubject,
  ): Promise<Pick<Association, 'guid' | 'lifecycle'>[]> {
    const sql = 'select guid, lifecycle from association where context = $1 and subject = $2';
    return (await client.query<Pick<AssociationRow, 'guid' | 'lifecycle'>>(sql, [context, subject])).rows;
  }

  async put(
    client: PoolClient,
    { guid, subject, resource, type, lifecycle, frozen }: Association,
    { by, at }: { by: string; at: Date },
  ): Promise<void> {
    await client.query(
      `insert into association (${COLUMNS}, changed_by, changed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (guid) do update set lifecycle = excluded.lifecycle, frozen = excluded.frozen,
         changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
      [
        ...[guid, subject.context, subject.subject, resource.name, resource.namespace, resource.id],
        ...[resource.type, type, lifecycle, frozen, by, at],
      ],
    );
  }

  /** Those of the GUIDs that are still there. */
  async withGuids(client: PoolClient, guids: readonly string[]): Promise<Association[]> {
    const sql = `select ${COLUMNS} from association where guid = any($1) ${ORDER}`;
    return (await client.query<AssociationRow>(sql, [guids])).rows.map(toAssociation);
  }

  async delete(client: PoolClient, associations: readonly Pick<Association, 'guid'>[]): Promise<void> {
    const guids = associations.map(({ guid }) => guid);
    await client.query('delete from association where guid = any($1)', [guids]);
  }

  /** All contents of subjects, of soft-deleted versions too, as they are to be locked. */
  async contentsOf(client: PoolClient, subjects: readonly QualifiedSubject[]): Promise<LockedContent[]> {
    const sql = `select distinct s.context, s.text, false as imported
      from unnest($1::text[], $2::text[]) as n(context, subject)
      join subject_version v on v.context = n.context and v.subject = n.subject
      join schema s on s.context = v.context and s.id = v.schema_id`;
    const values = [subjects.map(({ context }) => context), subjects.map(({ subject }) => subject)];
    return (await client.query<LockedContent>(sql, values)).rows;
  }

  private async find(
    where: string,
    named: [string, string | null],
    { resourceType, types, lifecycle, page }: AssociationFilter,
  ): Promise<Association[]> {
    // No text of PostgreSQL holds a NUL, so nothing is found by one.
    if ([...named, ...types].some((item) => item?.includes('\0'))) return [];
    const sql = `select ${COLUMNS} from association where ${where} and resource_type = $3
      and ($4::text[] = '{}' or type = any($4)) and ($5::text is null or lifecycle = $5)
      ${ORDER} offset $6 limit $7`;
    const values = [...named, resourceType, types, lifecycle ?? null, page.offset, page.limit];
    return (await this.pool.query<AssociationRow>(sql, values)).rows.map(toAssociation);
  }
}

/** Held by whoever changes associations of a resource; taken before subjects are locked. */
export async function lockResource(
  client: PoolClient,
  { id, type, name, namespace }: Resource,
): Promise<void> {
  const keys = [`name ${type} ${namespace} ${name}`, ...(id === undefined ? [] : [`id ${type} ${id}`])];
  await client.query(
    `select pg_advisory_xact_lock(hashtext('wasl.registry.resource'), lock)
       from (select distinct hashtext(key) as lock from unnest($1::text[]) as key order by 1) as locks`,
    [keys],
  );
}

export function toAssociation(row: AssociationRow): Association {
  const { guid, context, subject, type, lifecycle, frozen } = row;
  return {
    ...{ guid, type, lifecycle, frozen },
    subject: { context, subject },
    resource: {
      name: row.resource_name,
      namespace: row.resource_namespace,
      id: row.resource_id,
      type: row.resource_type,
    },
  };
}
