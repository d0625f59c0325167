import { Injectable } from '@nestjs/common';
import { bundleSchema, schemaSha256 } from '#contracts';
import type { VersionRecord } from '#control';
import { topicOfSubject } from '../topics.js';
import type { Transaction } from '../transactions.js';
import { DEFAULT_CONTEXT } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import type { StoredVersion } from './schema-rows.js';

type Announced = Omit<StoredVersion, 'deleted' | 'registeredAt'>;

/** Tells the other services of versions of topics, self-contained: they know no references. */
@Injectable()
export class VersionAnnouncer {
  constructor(private readonly references: ReferenceResolver) {}

  /** Says nothing of subjects that are of no topic. */
  async announce(
    transaction: Transaction,
    version: Announced,
    status: VersionRecord['status'],
  ): Promise<void> {
    const topic = topicOf(version);
    if (topic !== undefined) transaction.publish(await this.record(transaction, topic, version, status));
  }

  /** Takes back what was announced of a version that is no more. */
  withdraw(transaction: Transaction, { version, ...named }: Announced): void {
    const topic = topicOf(named);
    // Only what makes its key counts of a record that is withdrawn.
    if (topic !== undefined) transaction.withdraw({ kind: 'version', topic, version } as VersionRecord);
  }

  private async record(
    { client }: Transaction,
    topic: string,
    { context, references, text, version, id, guid }: Announced,
    status: VersionRecord['status'],
  ): Promise<VersionRecord> {
    const { texts } = await this.references.resolve(context, references, { client });
    const schema = bundleSchema({ text, references: texts });
    return { kind: 'version', topic, version, id, guid, schema, sha256: schemaSha256(schema), status };
  }
}

function topicOf({ context, subject }: { context: string; subject: string }): string | undefined {
  return context === DEFAULT_CONTEXT ? topicOfSubject(subject) : undefined;
}
