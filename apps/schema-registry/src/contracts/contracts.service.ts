import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import type { TopicParts } from '#contracts';
import { ControlView } from '#control';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import { Transactions } from '../transactions.js';
import { contractRecord, ContractStore, type StoredContract } from './contract-store.js';
import type { GovernanceRequest } from './governance.js';
import { checkIfMatch } from './etag.js';
import { RegistrationRights } from '../access/registration-rights.js';

export interface PutContract {
  contract: StoredContract;
  revision: number;
  outcome: 'created' | 'changed' | 'unchanged';
}

@Injectable()
export class ContractsService {
  constructor(
    private readonly store: ContractStore,
    private readonly rights: RegistrationRights,
    private readonly transactions: Transactions,
    private readonly view: ControlView,
  ) {}

  /**
   * Publishes or changes the governance of a topic; the same again changes nothing.
   * @throws WaslError `not-allowed`, `malformed-request` (unknown owner), `precondition-failed`,
   *   `conflict` (other number of partitions, other kind)
   */
  async put(
    topic: TopicParts,
    governance: GovernanceRequest,
    caller: Caller,
    at: Date,
    ifMatch?: string,
  ): Promise<PutContract> {
    await this.assertMember(governance.owner);
    await this.rights.assertMayGovern(caller, topic, governance.owner);
    const contract: StoredContract = { ...topic, ...governance };
    return this.transactions.run(at, async (transaction) => {
      const { client } = transaction;
      await client.query(`select pg_advisory_xact_lock(hashtext('wasl.registry.contract'), hashtext($1))`, [
        topic.name,
      ]);
      // Seen under the lock: two publishers may have asked for the same free contract at once.
      await this.rights.assertOwners(caller, topic, governance.owner, client);
      const found = await this.store.withRevision(topic.topic, client);
      const existing = found?.contract;
      if (found && isDeepStrictEqual(existing, contract))
        return { contract, revision: found.revision, outcome: 'unchanged' };
      checkIfMatch(ifMatch, found?.revision);
      if (existing && existing.kind !== contract.kind) {
        throw new WaslError('conflict', 'a topic does not become a common type, nor the other way round');
      }
      if (existing && partitionsOf(existing) !== partitionsOf(contract)) {
        throw new WaslError('conflict', 'the number of partitions of a topic never changes: keys would move');
      }
      const revision = await this.store.put(client, contract, at);
      const record = contractRecord(contract);
      if (record) transaction.publish(record);
      transaction.attest('ContractPublished', `urn:wasl:contract:${topic.topic}`, {
        by: caller.system,
        owner: contract.owner,
        classification: contract.classification,
        ...(contract.kind === 'type' ? { kind: 'type' } : { deletion: contract.deletion }),
        ...(existing && existing.owner !== contract.owner ? { formerOwner: existing.owner } : {}),
      });
      return { contract, revision, outcome: existing ? 'changed' : 'created' };
    });
  }

  private async assertMember(owner: string): Promise<void> {
    if (await this.view.awaited((state) => state.member(owner))) return;
    throw new WaslError('malformed-request', 'the owner is not a member that the directory knows', {
      violations: [{ pointer: '/owner', rule: 'member' }],
    });
  }
}

function partitionsOf(contract: StoredContract): number | undefined {
  return contract.kind === 'type' ? undefined : contract.partitions;
}
