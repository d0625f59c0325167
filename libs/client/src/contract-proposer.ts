import { type ContractFile, parseTopic } from '#contracts';
import { WaslError } from '#protocol';
import { type ContractDraft, ContractLifecycle } from './contract-lifecycle.js';
import type { ContractPlan } from './contract-planner.js';
import { type AuthorisedCalls, registrationOf } from './contract-publisher.js';

/** What proposing one contract file came to. */
export interface ProposedContract {
  topic: string;
  /**
   * `sent-back`: by a reviewer, and not changed since; `waits`: it refers to a contract that changes as well and has to be approved first; `taken`: there is another draft
   * by somebody else
   */
  outcome: 'submitted' | 'in-review' | 'sent-back' | 'unchanged' | 'waits' | 'taken';
  /** of a contract that is governed already, changed governance is not part of a proposal */
  governance: 'created' | 'unchanged' | 'left';
  /** contracts that it waits for */
  waitsFor?: string[];
  /** the draft that awaits approval, or the other one */
  draft?: Pick<
    ContractDraft,
    'revision' | 'status' | 'editors' | 'submittedBy' | 'sentBackBy' | 'sentBackReason'
  >;
}

export interface ProposalOptions {
  /** for the reviewer: what changes and why */
  note?: string | undefined;
  /** last moment of the major before, of contracts that are a new major; RFC 3339 */
  sunset?: string | undefined;
  /** system that proposes: a draft of its own alone is replaced without more ado */
  system: string;
  /** replace drafts of others, too */
  takeOver?: boolean | undefined;
}

/**
 * Makes a draft of each changed contract and submits it for review. What is in force stays as it is.
 *
 * @param contracts each after those it refers to, as `readContracts` gives them
 * @param plans of the same contracts, none of them breaking
 * @throws WaslError with the registry's reason
 */
export async function proposeContracts(
  client: AuthorisedCalls,
  registry: string,
  contracts: readonly ContractFile[],
  plans: readonly ContractPlan[],
  options: ProposalOptions,
): Promise<ProposedContract[]> {
  const lifecycle = new ContractLifecycle(client, registry);
  const all: ProposedContract[] = [];
  for (const contract of contracts) {
    const plan = plans.find(({ topic }) => topic === contract.topic)!;
    const governance = await governed(client, registry, contract, plan);
    const outcome = await propose(lifecycle, contract, plan, options);
    all.push({ topic: contract.topic, governance, ...outcome });
  }
  return all;
}

/** A contract has to be somebody's before there can be a draft of it. */
async function governed(
  client: AuthorisedCalls,
  registry: string,
  { topic, governance }: ContractFile,
  plan: ContractPlan,
): Promise<ProposedContract['governance']> {
  if (plan.governance !== 'new') return plan.governance === 'changed' ? 'left' : 'unchanged';
  await client.authorised(registry, {
    method: 'PUT',
    path: `/v1/contracts/${encodeURIComponent(topic)}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(governance),
  });
  return 'created';
}

async function propose(
  lifecycle: ContractLifecycle,
  contract: ContractFile,
  plan: ContractPlan,
  { note, sunset, system, takeOver = false }: ProposalOptions,
): Promise<Omit<ProposedContract, 'topic' | 'governance'>> {
  const { topic } = contract;
  if (plan.follows.length > 0) return { outcome: 'waits', waitsFor: plan.follows };
  if (plan.change === 'unchanged') return { outcome: 'unchanged' };
  const replaces = sunset === undefined || plan.change !== 'first' ? undefined : majorBefore(topic);
  const body = {
    ...registrationOf(contract, new Map()),
    ...(note === undefined ? {} : { note }),
    ...(replaces === undefined ? {} : { replaces: { topic: replaces, sunset } }),
  };
  const saved = await save();
  if (saved === undefined) return { outcome: 'taken', draft: (await lifecycle.draft(topic))! };
  const { draft, changed } = saved;
  if (!changed && draft.status === 'draft' && draft.sentBackBy !== undefined)
    return { outcome: 'sent-back', draft };
  const outcome = draft.status === 'in-review' ? 'in-review' : 'submitted';
  return { outcome, draft: await lifecycle.submit(topic, draft.revision) };

  /** `undefined` where somebody else's draft is in the way */
  async function save(): Promise<{ draft: ContractDraft; changed: boolean } | undefined> {
    const saved = await unlessThere(body);
    if (saved) return saved;
    const there = await lifecycle.draft(topic);
    // The same command once more, without the note: what was said before still holds for the same content.
    const same = note === undefined && there?.note && (await unlessThere({ ...body, note: there.note }));
    if (same) return same;
    const isOwn = there?.editors.length === 1 && there.editors[0] === system;
    if (there !== undefined && !isOwn && !takeOver) return undefined;
    return lifecycle.saveDraft(topic, body, there?.revision);
  }

  /** `undefined` if there is another draft */
  async function unlessThere(text: object): Promise<{ draft: ContractDraft; changed: boolean } | undefined> {
    try {
      return await lifecycle.saveDraft(topic, text);
    } catch (error) {
      if (error instanceof WaslError && error.code === 'precondition-required') return undefined;
      throw error;
    }
  }
}

function majorBefore(topic: string): string | undefined {
  const { name, major } = parseTopic(topic)!;
  return major > 1 ? `${name}.v${major - 1}` : undefined;
}
