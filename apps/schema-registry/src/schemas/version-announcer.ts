import { Injectable } from '@nestjs/common';
import { bundleSchema, schemaSha256 } from '#contracts';
import type { VersionRecord } from '#control';
import { forgetVersionStates } from '../contracts/lifecycle/version-state-store.js';
import { topicOfSubject } from '../topics.js';
import type { Transaction } from '../transactions.js';
import { DEFAULT_CONTEXT } from './qualified-subject.js';
import { ReferenceResolver } from './references.js';
import type { StoredVersion } from './schema-rows.js';

type Announced = Omit<StoredVersion, 'deleted' | 'registeredAt'>;

/** Where a version stands in its life. */
export type Phase = Pick<VersionRecord, 'status' | 'since' | 'sunset' | 'successor'>;

/** Tells the other services of versions of topics, self-contained: they know no references. */
@Injectable()
export class VersionAnnouncer {
  constructor(private readonly references: ReferenceResolver) {}

  /** Says nothing of subjects that are of no topic. */
  async announce(transaction: Transaction, version: Announced, phase: Phase): Promise<void> {
    const topic = topicOf(version);
    if (topic !== undefined)
      transaction.publish({ ...(await this.record(transaction, topic, version)), ...phase });
  }

  /** Takes back what was announced of a version that is no more. */
  async withdraw(transaction: Transaction, { version, ...named }: Announced): Promise<void> {
    const topic = topicOf(named);
    if (topic === undefined) return;
    // Only what makes its key counts of a record that is withdrawn.
    transaction.withdraw({ kind: 'version', topic, version } as VersionRecord);
    // Its number may be given again, to a version that nothing was decided about.
    await forgetVersionStates(transaction.client, [{ topic, version }]);
  }

  private async record(
    { client }: Transaction,
    topic: string,
    { context, references, text, version, id, guid }: Announced,
  ): Promise<Omit<VersionRecord, 'status'>> {
    const { texts } = await this.references.resolve(context, references, { client });
    const schema = bundleSchema({ text, references: texts });
    return { kind: 'version', topic, version, id, guid, schema, sha256: schemaSha256(schema) };
  }
}

function topicOf({ context, subject }: { context: string; subject: string }): string | undefined {
  return context === DEFAULT_CONTEXT ? topicOfSubject(subject) : undefined;
}
