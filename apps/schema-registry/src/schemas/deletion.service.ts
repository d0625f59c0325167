import { Injectable } from '@nestjs/common';
import { ConfluentError } from '../confluent/confluent-error.js';
import { SettingStore } from '../settings/setting-store.js';
import { type Transaction, Transactions } from '../transactions.js';
import { NOTIFY_DELETED } from './deletion-listener.js';
import { qualifiedName, type QualifiedSubject } from './qualified-subject.js';
import { isReadOnly } from './registration-decision.js';
import { SchemaCache } from './schema-cache.js';
import type { StoredVersion } from './schema-rows.js';
import { SchemaStore } from './schema-store.js';
import { lockContents, subjectUrn } from './schema-writer.js';
import { lockSubjects } from './subject-states.js';
import { VersionAnnouncer } from './version-announcer.js';
import type { VersionChoice } from './version-number.js';

export interface DeletionOptions {
  /** for good, which only what is deleted softly can be */
  permanent: boolean;
  by: string;
  at: Date;
}

/** Evidence is bounded, so of very many versions it tells only how many they are. */
function countOf(versions: number[]): object {
  return versions.length <= 1_000 ? { versions } : { count: versions.length };
}

const ONE = { offset: 0, limit: 1 };
const ALL = { offset: 0, limit: 1_000_000 };

/** Deletes versions: softly, so that their ids still lead to them, and then for good. */
@Injectable()
export class DeletionService {
  constructor(
    private readonly store: SchemaStore,
    private readonly cache: SchemaCache,
    private readonly settings: SettingStore,
    private readonly announcer: VersionAnnouncer,
    private readonly transactions: Transactions,
  ) {}

  /** @throws ConfluentError 40401, 40402, 40406, 40407, 42205, 42206 */
  async deleteVersion(
    subject: QualifiedSubject,
    version: VersionChoice,
    options: DeletionOptions,
  ): Promise<number> {
    const name = qualifiedName(subject);
    return this.locked(subject, options, async (transaction) => {
      const found = await this.store.version(subject, version, 'too', transaction.client);
      if (!found) {
        if (version === 'latest' || !(await this.store.subjectExists(subject, 'too', transaction.client)))
          throw ConfluentError.subjectNotFound(name);
        throw ConfluentError.versionNotFound(version);
      }
      if (found.deleted && !options.permanent) throw ConfluentError.versionSoftDeleted(name, found.version);
      if (!found.deleted && options.permanent)
        throw ConfluentError.versionNotSoftDeleted(name, found.version);
      await this.assertUnreferenced(transaction, subject, found.version);
      await this.remove(transaction, [found], options);
      return found.version;
    });
  }

  /** @returns the versions deleted @throws ConfluentError 40401, 40404, 40405, 42205, 42206 */
  async deleteSubject(subject: QualifiedSubject, options: DeletionOptions): Promise<number[]> {
    const name = qualifiedName(subject);
    return this.locked(subject, options, async (transaction) => {
      const all = await this.store.versions(subject, 'too', ALL, transaction.client);
      if (all.length === 0) throw ConfluentError.subjectNotFound(name);
      const alive = all.filter(({ deleted }) => !deleted);
      if (options.permanent && alive.length > 0) throw ConfluentError.subjectNotSoftDeleted(name);
      if (!options.permanent && alive.length === 0) throw ConfluentError.subjectSoftDeleted(name);
      const versions: StoredVersion[] = [];
      for (const { version } of options.permanent ? all : alive) {
        await this.assertUnreferenced(transaction, subject, version);
        versions.push((await this.store.version(subject, version, 'too', transaction.client))!);
      }
      await this.remove(transaction, versions, options);
      return versions.map(({ version }) => version);
    });
  }

  /** Deletes a subject for good inside a transaction under way, which has locked it. @throws ConfluentError 42206 */
  async dropWithin(transaction: Transaction, subject: QualifiedSubject, by: string): Promise<void> {
    const versions: StoredVersion[] = [];
    for (const { version } of await this.store.versions(subject, 'too', ALL, transaction.client)) {
      await this.assertUnreferenced(transaction, subject, version);
      versions.push((await this.store.version(subject, version, 'too', transaction.client))!);
    }
    if (versions.length > 0) await this.remove(transaction, versions, { permanent: true, by });
  }

  private async locked<T>(
    subject: QualifiedSubject,
    { at, permanent }: DeletionOptions,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const result = await this.transactions.run(at, async (transaction) => {
      await lockSubjects(transaction.client, [subject]);
      const { mode } = await this.settings.inScope(subject, transaction.client);
      if (isReadOnly(mode)) {
        throw ConfluentError.notPermitted(
          `Subject ${qualifiedName(subject)} in context ${subject.context} is in read-only mode`,
        );
      }
      return work(transaction);
    });
    if (permanent) this.cache.clear();
    return result;
  }

  private async assertUnreferenced(
    { client }: Transaction,
    subject: QualifiedSubject,
    version: number,
  ): Promise<void> {
    if ((await this.store.referencedBy({ ...subject, version }, ONE, client)).length > 0)
      throw ConfluentError.referenceExists(qualifiedName(subject), version);
  }

  private async remove(
    transaction: Transaction,
    versions: StoredVersion[],
    { permanent, by }: Omit<DeletionOptions, 'at'>,
  ): Promise<void> {
    const [{ context, subject }] = versions as [StoredVersion];
    const numbers = versions.map(({ version }) => version);
    const where = 'context = $1 and subject = $2 and version = any($3)';
    const { client } = transaction;
    if (permanent) {
      // Whoever registers one of these contents under another subject waits, or has it kept.
      await lockContents(
        client,
        versions.map(({ text }) => ({ context, text, imported: false })),
      );
      await client.query(`delete from subject_version where ${where}`, [context, subject, numbers]);
      await client.query(
        `delete from schema s where context = $1 and id = any($2)
            and not exists (select from subject_version v where v.context = s.context and v.schema_id = s.id)`,
        [context, versions.map(({ id }) => id)],
      );
      await client.query(NOTIFY_DELETED);
    } else {
      await client.query(`update subject_version set deleted = true where ${where}`, [
        context,
        subject,
        numbers,
      ]);
    }
    const { rowCount } = await client.query(
      'select from subject_version where context = $1 and subject = $2 and not deleted limit 1',
      [context, subject],
    );
    const leavesSettings = rowCount! > 0 || !(await this.settings.drop(client, { context, subject }));
    await this.tell(transaction, versions, permanent);
    const body = { subject: qualifiedName({ context, subject }), ...countOf(numbers), permanent, by };
    const urn = subjectUrn({ context, subject });
    transaction.attest('ContractVersionDeleted', urn, body);
    // Level and mode go with the last version, and whoever could not have set them may have done it.
    if (!leavesSettings) transaction.attest('RegistrySettingChanged', urn, { subject: body.subject, by });
  }

  /** A topic's version that is deleted can't be published with any more; deleted for good, nobody knows it. */
  private async tell(transaction: Transaction, versions: StoredVersion[], permanent: boolean): Promise<void> {
    const since = transaction.at.toISOString();
    for (const version of versions) {
      if (permanent) await this.announcer.withdraw(transaction, version);
      else await this.announcer.announce(transaction, version, { status: 'retired', since });
    }
  }
}
