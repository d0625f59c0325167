import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient } from 'pg';

export interface StoredSchema {
  id: number;
  guid: string;
  sha256: string;
  /** canonical */
  text: string;
}

export interface StoredVersion extends StoredSchema {
  subject: string;
  version: number;
}

const SCHEMA_COLUMNS = 's.id, s.guid, s.sha256, s.text';
const VERSION_COLUMNS = `v.subject, v.version, ${SCHEMA_COLUMNS}`;

/** Reads of schemas and versions. A content never changes under its id, so it may stay in memory. */
@Injectable()
export class SchemaStore {
  private readonly byId: LRUCache<number, StoredSchema>;
  private readonly idByGuid: LRUCache<string, number>;

  constructor(
    private readonly pool: Pool,
    cacheBytes: number,
  ) {
    this.byId = new LRUCache({ maxSize: cacheBytes, sizeCalculation: ({ text }) => 2 * text.length + 500 });
    this.idByGuid = new LRUCache({ max: 10_000 });
  }

  async schemaById(id: number): Promise<StoredSchema | undefined> {
    const cached = this.byId.get(id);
    if (cached) return cached;
    const found = await this.one<StoredSchema>(`select ${SCHEMA_COLUMNS} from schema s where s.id = $1`, [
      id,
    ]);
    if (found) this.byId.set(id, found);
    return found;
  }

  async schemaByGuid(guid: string): Promise<StoredSchema | undefined> {
    const id = this.idByGuid.get(guid);
    if (id !== undefined) return this.schemaById(id);
    const found = await this.one<StoredSchema>(`select ${SCHEMA_COLUMNS} from schema s where s.guid = $1`, [
      guid,
    ]);
    if (found) {
      this.idByGuid.set(guid, found.id);
      this.byId.set(found.id, found);
    }
    return found;
  }

  async versionsOfSchema(id: number): Promise<{ subject: string; version: number }[]> {
    return this.all(
      `select subject, version from subject_version where schema_id = $1 order by subject, version limit 1000`,
      [id],
    );
  }

  async subjects(prefix: string, page: { offset: number; limit: number }): Promise<string[]> {
    const rows = await this.all<{ subject: string }>(
      `select distinct subject from subject_version where starts_with(subject, $1)
        order by subject offset $2 limit $3`,
      [prefix, page.offset, page.limit],
    );
    return rows.map(({ subject }) => subject);
  }

  async versions(subject: string, page: { offset: number; limit: number }): Promise<number[]> {
    const rows = await this.all<{ version: number }>(
      `select version from subject_version where subject = $1 order by version offset $2 limit $3`,
      [subject, page.offset, page.limit],
    );
    return rows.map(({ version }) => version);
  }

  async subjectExists(subject: string): Promise<boolean> {
    return (
      (await this.one(`select 1 from subject_version where subject = $1 limit 1`, [subject])) !== undefined
    );
  }

  version(subject: string, version: number | 'latest'): Promise<StoredVersion | undefined> {
    const number = version === 'latest' ? null : version;
    return this.one(
      `select ${VERSION_COLUMNS} from subject_version v join schema s on s.id = v.schema_id
        where v.subject = $1 and ($2::integer is null or v.version = $2) order by v.version desc limit 1`,
      [subject, number],
    );
  }

  /** The version of a subject that has this content. */
  versionWith(
    subject: string,
    sha256: string,
    client: Pool | PoolClient = this.pool,
  ): Promise<StoredVersion | undefined> {
    return this.one(
      `select ${VERSION_COLUMNS} from subject_version v join schema s on s.id = v.schema_id
        where v.subject = $1 and s.sha256 = $2 order by v.version desc limit 1`,
      [subject, sha256],
      client,
    );
  }

  private async one<T extends object>(
    sql: string,
    values: unknown[],
    client?: Pool | PoolClient,
  ): Promise<T | undefined> {
    return (await this.all<T>(sql, values, client))[0];
  }

  private async all<T extends object>(
    sql: string,
    values: unknown[],
    client: Pool | PoolClient = this.pool,
  ): Promise<T[]> {
    return (await client.query<T>(sql, values)).rows;
  }
}
