import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { VersionSuccessor } from '#control';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import type { Transaction } from '../../transactions.js';
import { checkIfMatch } from '../etag.js';
import { type RegisteredVersion, SchemaGateway } from '../schema-gateway.js';
import type { Actor } from './actor.js';
import { ContractAccess, requireTopic } from './contract-access.js';
import { ContractTransactions } from './contract-transactions.js';
import { type ContractAct, record } from './history.js';
import { LifecycleHeaders } from './lifecycle-headers.js';
import {
  saveVersionState,
  type StoredVersionState,
  versionState,
  versionStates,
} from './version-state-store.js';
import { ACTIVE, decideVersion, type VersionAct } from './version-states.js';
import { phaseOf } from './version-view.js';

const DONE = {
  deprecate: 'version-deprecated',
  retire: 'version-retired',
  reactivate: 'version-reactivated',
} as const satisfies Record<VersionAct['act'], ContractAct>;

export interface VersionKey {
  topic: string;
  version: number;
}

/** What becomes of registered versions: deprecation, retirement, and the way back. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly access: ContractAccess,
    private readonly schemas: SchemaGateway,
    private readonly headers: LifecycleHeaders,
    private readonly transactions: ContractTransactions,
  ) {}

  /**
   * Deprecates, retires or re-activates a version; the same again changes nothing. A version that is re-activated
   * and is not the newest is registered once more, so that `latest` is its content again.
   * @throws WaslError `not-found`, `not-allowed`, `conflict`, `invalid-request`, `precondition-failed`
   */
  async act(
    key: VersionKey,
    act: VersionAct,
    caller: Caller,
    ifMatch: string | undefined,
    at: Date,
  ): Promise<StoredVersionState> {
    const state = await this.transactions.run(key.topic, at, async (transaction) => {
      const { actor } = await this.access.of(key.topic, caller, transaction.client);
      return this.decide(transaction, key, act, actor, ifMatch);
    });
    this.headers.note(state);
    return state;
  }

  /** As `act`, in a transaction that holds the lock of the contract. */
  async decide(
    transaction: Transaction,
    key: VersionKey,
    act: VersionAct,
    actor: Actor,
    ifMatch?: string,
  ): Promise<StoredVersionState> {
    const { client, at } = transaction;
    const registered = await this.schemas.version(key.topic, key.version, client);
    const state = await versionState(client, key.topic, key.version);
    const next = decideVersion(state, act, actor, at);
    if (!registered) throw new WaslError('not-found', 'this contract has no such version');
    if (act.act === 'deprecate' && act.successor) await this.checkSuccessor(client, key, act.successor);
    let saved = state;
    if (next) {
      checkIfMatch(ifMatch, state.revision);
      saved = await saveVersionState(client, key, next, at);
      await this.schemas.announce(transaction, registered, phaseOf(saved));
    }
    const again = act.act === 'reactivate' ? await this.restore(transaction, registered, actor) : undefined;
    if (next || again !== undefined) {
      const details = {
        from: state.status,
        ...detailsOf(act),
        ...(again === undefined ? {} : { as: again }),
      };
      await record(transaction, key.topic, DONE[act.act], actor.system, details, key.version);
    }
    return saved;
  }

  /** States of the versions that a topic has, in order. */
  async states(topic: string, client?: PoolClient): Promise<StoredVersionState[]> {
    const versions = await this.schemas.versions(topic, client);
    const decided = client
      ? await versionStates(client, topic)
      : await this.transactions.read((pool) => versionStates(pool, topic));
    return versions.map(
      (version) =>
        decided.get(version) ?? { topic, version, revision: 0, ...ACTIVE, since: null, approval: null },
    );
  }

  async activeVersions(topic: string, client: PoolClient): Promise<number[]> {
    const states = await this.states(topic, client);
    return states.filter(({ status }) => status === 'active').map(({ version }) => version);
  }

  /** @returns the number that the content has now as the newest version; undefined if it is that already */
  private async restore(
    transaction: Transaction,
    registered: RegisteredVersion,
    actor: Actor,
  ): Promise<number | undefined> {
    const newest = await this.schemas.restore(transaction, registered, actor.system);
    return newest.added ? newest.version : undefined;
  }

  private async checkSuccessor(
    client: PoolClient,
    key: VersionKey,
    { topic, version }: VersionSuccessor,
  ): Promise<void> {
    const [own, other] = [requireTopic(key.topic), requireTopic(topic)];
    const later =
      other.name === own.name &&
      (other.major > own.major ||
        (other.major === own.major && version !== undefined && version !== key.version));
    const there = later && (await this.schemas.version(topic, version ?? 'latest', client));
    if (there) return;
    throw new WaslError(
      'invalid-request',
      'the successor is a registered version, or a later major, of this contract',
      {
        violations: [{ pointer: '/successor', rule: 'successor' }],
      },
    );
  }
}

function detailsOf(act: VersionAct): Record<string, unknown> {
  switch (act.act) {
    case 'deprecate':
      return { sunset: act.sunset.toISOString(), ...(act.successor && { successor: act.successor }) };
    case 'retire':
      return act.reason === undefined ? {} : { reason: act.reason };
    case 'reactivate':
      return {};
  }
}
