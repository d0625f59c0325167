import { Injectable } from '@nestjs/common';
import { WaslError } from '#protocol';
import type { Caller } from '#service';
import type { Transaction } from '../../transactions.js';
import { checkIfMatch, requireIfMatch } from '../etag.js';
import { Planner } from '../plan/planner.js';
import { SchemaGateway } from '../schema-gateway.js';
import type { Actor } from './actor.js';
import { ContractAccess, requireTopic } from './contract-access.js';
import { ContractTransactions } from './contract-transactions.js';
import { decideDraft, type DraftAct, type DraftState } from './draft-states.js';
import {
  deleteDraft,
  draftText,
  findDraft,
  type Replaces,
  sameText,
  saveDraft,
  savesSince,
  type StoredDraft,
} from './draft-store.js';
import type { DraftRequest } from './lifecycle-requests.js';
import { record } from './history.js';

/** A draft is thought about before it is saved: more is a program gone wild, and each save is evidence. */
const SAVES_PER_HOUR = 60;
const HOUR_MS = 3_600_000;

export interface SavedDraft {
  draft: StoredDraft;
  outcome: 'created' | 'changed' | 'unchanged';
}

/** The draft of a contract's next version, until it is approved. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly access: ContractAccess,
    private readonly schemas: SchemaGateway,
    private readonly planner: Planner,
    private readonly transactions: ContractTransactions,
  ) {}

  /**
   * Begins or changes the draft; the same again changes nothing. Whoever replaces a draft must have seen it.
   * @throws WaslError `not-allowed`, `not-found`, `invalid-schema`, `invalid-request`, `precondition-required`,
   *   `precondition-failed`, `too-many-requests`
   */
  async edit(
    topic: string,
    request: DraftRequest,
    caller: Caller,
    ifMatch: string | undefined,
    at: Date,
  ): Promise<SavedDraft> {
    await this.access.requireSide(topic, caller);
    const text = draftText(await this.schemas.contentOf(topic, request), request.note, request.replaces);
    return this.act(topic, 'edit', caller, at, async (transaction, state, draft, actor) => {
      if (draft && sameText(draft, text)) return { draft, outcome: 'unchanged' };
      if (draft) requireIfMatch(ifMatch, draft.revision);
      else checkIfMatch(ifMatch, undefined);
      if (request.replaces) {
        this.checkReplaced(topic, request.replaces, at);
        // To become active it will end versions of the older major, which must be the author's to end.
        await this.access.requireSide(request.replaces.topic, caller, transaction.client);
      }
      await limitSaves(transaction, topic);
      const sentBackReason = draft?.sentBackReason ?? null;
      const next = { topic, ...text, state: state!, editedAt: at, submittedAt: null, sentBackReason };
      const saved = await saveDraft(transaction.client, next);
      await record(transaction, topic, 'draft-saved', actor.system, named(saved));
      return { draft: saved, outcome: draft ? 'changed' : 'created' };
    });
  }

  /** @throws WaslError `not-found`: none, or none that the caller may see */
  async read(topic: string, caller: Caller): Promise<StoredDraft> {
    const { actor } = await this.access.of(topic, caller);
    const draft =
      actor.sides.length > 0 ? await this.transactions.read((pool) => findDraft(pool, topic)) : undefined;
    if (!draft) throw new WaslError('not-found', 'there is no draft of this contract');
    return draft;
  }

  /** @throws WaslError `not-allowed`, `not-found`, `precondition-failed` */
  async discard(topic: string, caller: Caller, ifMatch: string | undefined, at: Date): Promise<void> {
    await this.act(topic, 'discard', caller, at, async (transaction, _state, draft, actor) => {
      checkIfMatch(ifMatch, draft!.revision);
      await deleteDraft(transaction.client, topic);
      await record(transaction, topic, 'draft-discarded', actor.system, named(draft!));
    });
  }

  /** @throws WaslError `not-allowed`, `not-found`, `precondition-failed`, `breaking-change` */
  async submit(topic: string, caller: Caller, ifMatch: string | undefined, at: Date): Promise<StoredDraft> {
    const { actor } = await this.access.of(topic, caller);
    const seen = await this.transactions.read((pool) => findDraft(pool, topic));
    const decision = decideDraft(seen?.state, 'submit', actor);
    if (decision === null) return seen!;
    const { judgement } = await this.planner.judge(topic, await this.schemas.parse(topic, seen!.content));
    this.planner.requirePublishable(topic, judgement);
    return this.act(topic, 'submit', caller, at, async (transaction, state, draft) => {
      if (state === null) return draft!;
      checkIfMatch(ifMatch, draft!.revision);
      const saved = await saveDraft(transaction.client, { ...draft!, state: state!, submittedAt: at });
      await record(transaction, topic, 'draft-submitted', actor.system, named(saved));
      return saved;
    });
  }

  /** @throws WaslError `not-allowed`, `not-found`, `conflict`, `precondition-failed` */
  async sendBack(
    topic: string,
    reason: string,
    caller: Caller,
    ifMatch: string | undefined,
    at: Date,
  ): Promise<StoredDraft> {
    return this.act(topic, 'send-back', caller, at, async (transaction, state, draft, actor) => {
      if (state === null) return draft!;
      checkIfMatch(ifMatch, draft!.revision);
      const next = { ...draft!, state: state!, submittedAt: null, sentBackReason: reason };
      const saved = await saveDraft(transaction.client, next);
      await record(transaction, topic, 'draft-sent-back', actor.system, { ...named(saved), reason });
      return saved;
    });
  }

  /** Decides under the lock of the contract. `state` is null if nothing changes, undefined if the draft ends. */
  private async act<T>(
    topic: string,
    act: Exclude<DraftAct, 'approve'>,
    caller: Caller,
    at: Date,
    work: (
      transaction: Transaction,
      state: DraftState | null | undefined,
      draft: StoredDraft | undefined,
      actor: Actor,
    ) => Promise<T>,
  ): Promise<T> {
    return this.transactions.run(topic, at, async (transaction) => {
      const { client } = transaction;
      const { actor } = await this.access.of(topic, caller, client);
      const draft = await findDraft(client, topic);
      const next = decideDraft(draft?.state, act, actor);
      return work(transaction, typeof next === 'string' ? undefined : next, draft, actor);
    });
  }

  private checkReplaced(topic: string, replaces: Replaces, at: Date): void {
    const own = requireTopic(topic);
    const older = requireTopic(replaces.topic);
    if (older.name !== own.name || older.major >= own.major) {
      throw new WaslError('invalid-request', 'a draft replaces an older major of the same contract', {
        violations: [{ pointer: '/replaces/topic', rule: 'older-major' }],
      });
    }
    if (new Date(replaces.sunset) <= at) {
      throw new WaslError('invalid-request', 'the sunset of what is replaced lies in the future', {
        violations: [{ pointer: '/replaces/sunset', rule: 'future' }],
      });
    }
  }
}

async function limitSaves({ client, at }: Transaction, topic: string): Promise<void> {
  if ((await savesSince(client, topic, new Date(at.getTime() - HOUR_MS))) < SAVES_PER_HOUR) return;
  throw new WaslError('too-many-requests', `a draft is saved at most ${SAVES_PER_HOUR} times an hour`, {
    retryAfterSeconds: 600,
  });
}

/** What names the content of a draft in evidence. */
function named({ revision, digest }: StoredDraft): Record<string, unknown> {
  return { draft: revision, digest };
}
