import { Injectable } from '@nestjs/common';
import { CompiledContract, LINT_LIMITS } from '#contracts';
import { WaslError } from '#protocol';
import { ConfluentError } from '../confluent/confluent-error.js';
import type { SchemaRequest } from '../confluent/requests.js';
import { topicOfSubject } from '../topics.js';
import { type Transaction, Transactions } from '../transactions.js';
import { SchemaStore, type StoredVersion } from './schema-store.js';

/** Registers contents under subjects: idempotent, and safe with any number of instances. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly store: SchemaStore,
    private readonly transactions: Transactions,
  ) {}

  /** @throws ConfluentError 42201, 42209; what a hostile schema does wrong is named */
  async register(subject: string, request: SchemaRequest, by: string, at: Date): Promise<StoredVersion> {
    const known = await this.store.versionWith(subject, request.sha256);
    if (known) return known;
    assertCompiles(request.text);
    return this.transactions.run(at, (transaction) => this.insert(transaction, subject, request, by));
  }

  private async insert(
    transaction: Transaction,
    subject: string,
    request: SchemaRequest,
    by: string,
  ): Promise<StoredVersion> {
    const { client, at } = transaction;
    // Content before subject, everywhere: two registrations never wait for each other in a circle.
    await client.query(
      `select pg_advisory_xact_lock(hashtext('wasl.registry.content'), hashtext($1)),
              pg_advisory_xact_lock(hashtext('wasl.registry.subject'), hashtext($2))`,
      [request.sha256, subject],
    );
    const registered = await this.store.versionWith(subject, request.sha256, client);
    if (registered) return registered;
    const latest = await this.latest(transaction, subject);
    if (request.version !== undefined && request.version !== latest + 1) {
      throw ConfluentError.invalidSchema('Version is not one more than previous version');
    }
    const id = await this.contentId(transaction, request);
    const version = latest + 1;
    await client.query(
      `insert into subject_version (subject, version, schema_id, registered_by, registered_at)
       values ($1, $2, $3, $4, $5)`,
      [subject, version, id, by, at],
    );
    const { guid, sha256, text } = request;
    const topic = topicOfSubject(subject);
    if (topic !== undefined) {
      transaction.publish({
        kind: 'version',
        topic,
        version,
        id,
        guid,
        schema: text,
        sha256,
        status: 'active',
      });
    }
    transaction.attest('ContractVersionRegistered', `urn:wasl:subject:${encodeURIComponent(subject)}`, {
      subject,
      version,
      id,
      guid,
      schema: sha256,
      by,
    });
    return { subject, version, id, guid, sha256, text };
  }

  private async latest({ client }: Transaction, subject: string): Promise<number> {
    const { rows } = await client.query<{ latest: number }>(
      `select coalesce(max(version), 0) as latest from subject_version where subject = $1`,
      [subject],
    );
    return rows[0]!.latest;
  }

  /** The id of a content; the next of the sequence if it is new. Held by the content lock, no id is wasted. */
  private async contentId(
    { client, at }: Transaction,
    { guid, sha256, text }: SchemaRequest,
  ): Promise<number> {
    const { rows } = await client.query<{ id: number; sha256: string }>(
      `with known as (select id, sha256 from schema where sha256 = $2 or guid = $1),
            added as (insert into schema (id, guid, sha256, text, registered_at)
                      select nextval('schema_id'), $1, $2, $3, $4 where not exists (select from known)
                      returning id, sha256)
       select id, sha256 from known union all select id, sha256 from added`,
      [guid, sha256, text, at],
    );
    const found = rows.find((row) => row.sha256 === sha256);
    // A GUID is an MD5, and MD5 collisions can be made: no second content may take a GUID over.
    if (!found) throw ConfluentError.invalidSchema('another schema has the same GUID');
    return found.id;
  }
}

function assertCompiles(text: string): void {
  try {
    CompiledContract.compile(text);
  } catch (error) {
    if (!(error instanceof WaslError)) throw error;
    if (error.violations?.some(({ rule }) => rule === 'size'))
      throw ConfluentError.schemaTooLarge(LINT_LIMITS.size);
    throw ConfluentError.invalidSchema(error.detail);
  }
}
