import { isDeepStrictEqual } from 'node:util';
import { type ContractFile, referencesOf, type Texts, topicOfUrn } from '#contracts';
import type { ContractDraft } from './contract-lifecycle.js';
import { type AuthorisedCalls, CONFLUENT, json, orUndefined, registrationOf } from './contract-publisher.js';

/** What publishing a schema would be: `unknown` where only the registration itself will tell. */
export type PlannedChange = 'first' | 'unchanged' | 'compatible' | 'breaking' | 'unknown';

export interface PlanReason {
  pointer?: string;
  rule?: string;
  message: string;
  /** how to mend it, in the languages that the registry says it in */
  hint?: Partial<Texts>;
  /** a payload that was valid and no longer is, or the other way round */
  example?: unknown;
}

/** What applying one contract file would mean. */
export interface ContractPlan {
  topic: string;
  governance: 'new' | 'changed' | 'unchanged';
  change: PlannedChange;
  /** number that the version would get, where that is known */
  version?: number;
  reasons: PlanReason[];
  /** systems that receive messages of the topic, by agreement or of late */
  consumers: string[];
  /** contracts of the same folder of which a new version is referred to */
  follows: string[];
  /** how a breaking change can be published: topic of the next major, and last day of this one */
  offer?: { topic: string; sunset: string };
}

/** An answer of `POST /v1/contracts/{topic}/plan`, as far as it is shown. */
interface PlanAnswer {
  change: PlannedChange;
  version: number;
  confluent?: { compatible: boolean; messages: string[] } | null;
  semantic?: {
    reasons: { pointer: string; rule: string; example?: unknown; hint?: Texts }[];
  } | null;
  consumers?: { system: string }[];
  offer?: { topic: string; sunset: string };
}

/**
 * Says what applying contract files would mean; writes nothing.
 * @param registry base URL of the schema registry
 * @param contracts each after those it refers to, as `readContracts` gives them
 * @throws WaslError with the registry's reason
 */
export async function planContracts(
  client: AuthorisedCalls,
  registry: string,
  contracts: readonly ContractFile[],
): Promise<ContractPlan[]> {
  const plans = new Map<string, ContractPlan>();
  const published = new Map<string, number>();
  for (const contract of contracts) {
    const changing = referencesOf(contract.schemaText)
      .map((urn) => plans.get(topicOfUrn(urn)!))
      .filter((other) => other !== undefined && other.change !== 'unchanged') as ContractPlan[];
    const registration = registrationOf(contract, published);
    const plan = await planContract(client, registry, contract, registration, changing);
    plans.set(plan.topic, plan);
    if (plan.change === 'unchanged') published.set(plan.topic, plan.version!);
  }
  return [...plans.values()];
}

/**
 * Says what approving a draft would mean.
 * @throws WaslError with the registry's reason
 */
export async function planDraft(
  client: AuthorisedCalls,
  registry: string,
  draft: ContractDraft,
): Promise<ContractPlan> {
  const { topic, schema, schemaType, references, metadata, ruleSet } = draft;
  const answer = await client.authorised(registry, {
    method: 'POST',
    path: `/v1/contracts/${encodeURIComponent(topic)}/plan`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema, schemaType, references, metadata, ruleSet }),
  });
  return { topic, governance: 'unchanged', follows: [], ...told(json<PlanAnswer>(answer), false) };
}

async function planContract(
  client: AuthorisedCalls,
  registry: string,
  contract: ContractFile,
  registration: Record<string, unknown>,
  changing: readonly ContractPlan[],
): Promise<ContractPlan> {
  const { topic } = contract;
  const path = `/v1/contracts/${encodeURIComponent(topic)}`;
  const post = (target: string, type: string) => {
    const body = Buffer.from(JSON.stringify(registration));
    return orUndefined(
      client.authorised(registry, { method: 'POST', path: target, headers: { 'content-type': type }, body }),
    );
  };
  const governed = await orUndefined(client.authorised(registry, { method: 'GET', path }));
  const stored = governed && json<Record<string, unknown>>(governed);
  const plan = {
    topic,
    governance: stored ? governanceChange(contract, stored) : ('new' as const),
    ...{ reasons: [], consumers: [], follows: changing.map((other) => other.topic) },
  };
  const hasVersions = Array.isArray(stored?.['versions']) && stored['versions'].length > 0;
  const unjudged = { ...plan, change: hasVersions ? ('unknown' as const) : ('first' as const) };
  // The registry can't judge a schema that refers to what isn't published yet.
  if (changing.some(({ change }) => change === 'first')) return unjudged;
  if (changing.length === 0) {
    // Applying leaves a content alone that any version has, not only the newest.
    const known = await post(`/subjects/${encodeURIComponent(`${topic}-value`)}`, CONFLUENT);
    if (known) return { ...plan, change: 'unchanged', version: json<{ version: number }>(known).version };
  }
  const answer = await post(`${path}/plan`, 'application/json');
  return answer ? { ...plan, ...told(json<PlanAnswer>(answer), changing.length > 0) } : unjudged;
}

function told(answer: PlanAnswer, follows: boolean): Omit<ContractPlan, 'topic' | 'governance' | 'follows'> {
  const { change, version, confluent, semantic, consumers = [], offer } = answer;
  const messages = confluent?.compatible === false ? confluent.messages : [];
  const reasons = (semantic?.reasons ?? []).map(({ pointer, rule, example, hint }) => ({
    ...{ pointer, rule, message: hint?.en ?? rule },
    ...(hint === undefined ? {} : { hint }),
    ...(example === undefined ? {} : { example }),
  }));
  const isSameButForReferences = change === 'unchanged' && follows;
  return {
    change: isSameButForReferences ? 'unknown' : change,
    ...(isSameButForReferences ? {} : { version }),
    reasons: [...messages.flatMap(inWords), ...reasons],
    consumers: consumers.map(({ system }) => system),
    ...(offer ? { offer: { topic: offer.topic, sunset: offer.sunset } } : {}),
  };
}

function governanceChange(contract: ContractFile, stored: Record<string, unknown>): 'changed' | 'unchanged' {
  const { kind, ...governance } = contract.governance;
  const { topic: _topic, major: _major, versions: _versions, kind: storedKind, ...known } = stored;
  const isSame = isDeepStrictEqual(governance, known) && (kind === 'type') === (storedKind === 'type');
  return isSame ? 'unchanged' : 'changed';
}

/** What a message of the Confluent verdict says to a person; what it repeats of texts and settings is left out. */
function inWords(message: string): PlanReason[] {
  if (/^\{(?:oldSchema|oldSchemaVersion|validateFields): /.test(message)) return [];
  const [, description] = /^\{errorType:"\w+", description:"([^"]*)"/.exec(message) ?? [];
  return [{ message: description ?? message }];
}
