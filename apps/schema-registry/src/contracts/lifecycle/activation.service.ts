import { Injectable } from '@nestjs/common';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import type { Transaction } from '../../transactions.js';
import { etag, requireIfMatch, revisionsIn } from '../etag.js';
import { Planner } from '../plan/planner.js';
import { SchemaGateway } from '../schema-gateway.js';
import type { Actor } from './actor.js';
import { ContractAccess } from './contract-access.js';
import { ContractTransactions } from './contract-transactions.js';
import { decideDraft } from './draft-states.js';
import { deleteDraft, findDraft, type StoredDraft } from './draft-store.js';
import { record } from './history.js';
import { saveVersionState, type StoredVersionState, versionOfDraft } from './version-state-store.js';
import { ACTIVE } from './version-states.js';
import { VersionsService } from './versions.service.js';

/** Makes a reviewed draft the newest version of its contract. */
@Injectable()
export class ActivationService {
  constructor(
    private readonly access: ContractAccess,
    private readonly schemas: SchemaGateway,
    private readonly planner: Planner,
    private readonly versions: VersionsService,
    private readonly transactions: ContractTransactions,
  ) {}

  /**
   * Approves the revision of the draft that `If-Match` names and no other: what was read is what becomes valid.
   * The same again answers the same version.
   * @throws WaslError `not-allowed` (no steward, or one who wrote or submitted it), `not-found`, `conflict`,
   *   `precondition-required`, `precondition-failed`, `breaking-change`
   */
  async approve(
    topic: string,
    caller: Caller,
    ifMatch: string | undefined,
    at: Date,
  ): Promise<StoredVersionState> {
    const { actor } = await this.access.of(topic, caller);
    const seen = await this.transactions.read((pool) => findDraft(pool, topic));
    const before = await this.transactions.read((pool) => activated(pool, topic, actor, seen, ifMatch));
    if (before) return before;
    const content = await this.schemas.parse(topic, seen!.content);
    const { judgement, next } = await this.planner.judge(topic, content);
    return this.transactions.run(topic, at, async (transaction) => {
      const { client } = transaction;
      // All of it anew: another steward may have approved, the author edited, an owner changed meanwhile.
      const access = await this.access.of(topic, caller, client);
      const draft = await findDraft(client, topic);
      const already = await activated(client, topic, access.actor, draft, ifMatch);
      if (already) return already;
      // `If-Match` may name several revisions: the one that was judged is meant.
      requireIfMatch(etag(seen!.revision), draft!.revision);
      this.planner.requirePublishable(topic, judgement);
      const submittedBy = draft!.state.submittedBy!;
      const registered = await this.schemas.register(transaction, topic, content, submittedBy);
      if (registered.version !== next) {
        throw new WaslError('conflict', 'another version was registered meanwhile: look at the plan again');
      }
      const state = await saveVersionState(client, { topic, version: registered.version }, ACTIVE, at, {
        draftRevision: draft!.revision,
        ...{ submittedBy, submittedAt: draft!.submittedAt! },
        ...{ approvedBy: actor.system, approvedAt: at },
      });
      await deleteDraft(client, topic);
      const details = { draft: draft!.revision, digest: draft!.digest, submittedBy, id: registered.id };
      await record(transaction, topic, 'version-activated', actor.system, details, registered.version);
      await this.deprecateReplaced(transaction, draft!, access.actor);
      return state;
    });
  }

  private async deprecateReplaced(transaction: Transaction, draft: StoredDraft, actor: Actor): Promise<void> {
    if (draft.replaces === null) return;
    const { topic, sunset } = draft.replaces;
    const act = { act: 'deprecate', sunset: new Date(sunset), successor: { topic: draft.topic } } as const;
    for (const version of await this.versions.activeVersions(topic, transaction.client))
      await this.versions.decide(transaction, { topic, version }, act, actor);
  }
}

/**
 * The version that the named revision of the draft has become; undefined if it may become one now.
 * @throws WaslError as `approve`
 */
async function activated(
  client: Parameters<typeof versionOfDraft>[0],
  topic: string,
  actor: Actor,
  draft: StoredDraft | undefined,
  ifMatch: string | undefined,
): Promise<StoredVersionState | undefined> {
  if (actor.sides.includes('steward')) {
    const known = await versionOfDraft(client, topic, revisionsIn(ifMatch));
    if (known) return known;
  }
  decideDraft(draft?.state, 'approve', actor);
  requireIfMatch(ifMatch, draft?.revision);
  return undefined;
}
